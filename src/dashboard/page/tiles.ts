import { h } from './dom.ts'

export function tile(label: string, value: string, note = '', look = ''): HTMLElement {
  return h(
    'div',
    { class: 'tile' },
    h('dt', {}, label),
    h('dd', { class: look }, value, note !== '' && h('small', {}, note)),
  )
}

export type Tiles = { readonly element: HTMLElement; readonly fill: (next: readonly HTMLElement[]) => void }

/** Numbers at one look; only those that differ are drawn anew. */
export function tiles(): Tiles {
  const element = h('dl', { class: 'tiles' })
  return {
    element,
    fill(next) {
      next.forEach((one, place) => {
        const own = element.children[place]
        if (own === undefined) element.append(one)
        else if (!own.isEqualNode(one)) own.replaceWith(one)
      })
      while (element.children.length > next.length) element.lastElementChild?.remove()
    },
  }
}
