type Child = Node | string | undefined | false
type Props = Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>

const SVG = 'http://www.w3.org/2000/svg'

function fill<E extends Element>(element: E, props: Props, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value))
  }
  element.append(
    ...children.filter((child): child is Node | string => child !== undefined && child !== false),
  )
  return element
}

/** An element with attributes, listeners (`onclick`) and children. Text is text: nothing is read as HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), props, children)
}

/** The same for SVG. */
export function svg(tag: string, props: Props = {}, ...children: Child[]): SVGElement {
  return fill(document.createElementNS(SVG, tag), props, children)
}

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`The page has no #${id}.`)
  return element
}

export function empty(text: string): HTMLElement {
  return h('p', { class: 'empty' }, text)
}

/** A labelled control, side by side. */
export function field(label: string, control: HTMLElement): HTMLElement {
  return h('div', { class: 'field' }, h('label', { for: control.id }, label), control)
}

/** A choice of names; the first stands for all of them where it is given. */
export function choice(id: string, names: readonly string[], all?: string): HTMLSelectElement {
  const first = all === undefined ? [] : [h('option', { value: '' }, all)]
  return h('select', { id }, ...first, ...names.map((name) => h('option', { value: name }, name)))
}
