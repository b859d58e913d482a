import { field, h } from './dom.ts'

export type ParamFields = {
  readonly element: HTMLElement
  /** Shows a field for each param. */
  readonly fill: (params: readonly string[], placeholder?: string) => void
  /** What was typed in, without what was left empty. */
  readonly read: () => Readonly<Record<string, string>>
}

/** Fields for the params of a cache. */
export function createParamFields(id: string): ParamFields {
  const element = h('div', { class: 'fields' })
  return {
    element,
    fill(params, placeholder) {
      element.replaceChildren(
        ...params.map((name) =>
          field(name, h('input', { id: `${id}-${name}`, name, placeholder, autocomplete: 'off' })),
        ),
      )
    },
    read() {
      const inputs = [...element.querySelectorAll('input')].filter(({ value }) => value !== '')
      return Object.fromEntries(inputs.map(({ name, value }) => [name, value]))
    },
  }
}
