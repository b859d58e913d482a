import { h } from './dom.ts'

export type Legend = {
  readonly element: HTMLElement
  /** The values at the pointer, or the latest; none where there is none. */
  readonly show: (values: readonly (number | null | undefined)[], when: string) => void
}

/** What the lines of a chart are, with their values; a press hides a line, another shows it. */
export function createLegend(
  labels: readonly string[],
  unit: string,
  toggle: (place: number, shown: boolean) => void,
): Legend {
  const when = h('span', { class: 'when' })
  const values = labels.map(() => h('b'))
  const buttons = labels.map((label, place) => {
    const button = h(
      'button',
      {
        type: 'button',
        class: `line line-${place % 8} ${place >= 8 ? 'dashed' : ''}`,
        'aria-pressed': 'true',
      },
      h('i', { 'aria-hidden': 'true' }),
      label,
      ' ',
      values[place],
    )
    button.addEventListener('click', () => {
      const shown = button.getAttribute('aria-pressed') !== 'true'
      button.setAttribute('aria-pressed', String(shown))
      toggle(place, shown)
    })
    return button
  })
  return {
    element: h('div', { class: 'legend' }, ...buttons, when),
    show(given, text) {
      when.textContent = text
      given.forEach((value, place) => {
        const shown = value === null || value === undefined ? '–' : `${value}${unit}`
        const own = values[place]
        if (own !== undefined && own.textContent !== shown) own.textContent = shown
      })
    },
  }
}
