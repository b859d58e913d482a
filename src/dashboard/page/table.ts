import { h } from './dom.ts'

export type Cell = Node | string | undefined | false
export type Row = readonly Cell[]

export type Table = {
  readonly element: HTMLElement
  /** Shows other rows in place of these; what has the focus keeps it. */
  readonly fill: (rows: readonly Row[]) => void
}

/** Roles are said, since a table that is laid out as blocks, as on a telephone, would lose them. */
function tr(cells: Row, heads: readonly string[]): HTMLElement {
  return h(
    'tr',
    { role: 'row' },
    ...cells.map((cell, place) => h('td', { role: 'cell', 'data-head': heads[place] }, cell)),
  )
}

/** A table that scrolls by itself where it is too wide, and says so where it has no row. */
export function table(caption: string, heads: readonly string[], none = 'Nothing yet.'): Table {
  const body = h('tbody', { role: 'rowgroup' })
  const head = h(
    'tr',
    { role: 'row' },
    ...heads.map((text) =>
      text === '' ? h('td', { role: 'cell' }) : h('th', { scope: 'col', role: 'columnheader' }, text),
    ),
  )
  const element = h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    h('table', { role: 'table' }, h('caption', {}, caption), h('thead', { role: 'rowgroup' }, head), body),
  )
  const empty = (): HTMLElement =>
    h('tr', { role: 'row' }, h('td', { role: 'cell', class: 'empty', colspan: heads.length }, none))
  body.append(empty())
  return {
    element,
    fill(rows) {
      const next = rows.length === 0 ? [empty()] : rows.map((cells) => tr(cells, heads))
      next.forEach((row, place) => {
        const own = body.children[place]
        if (own === undefined) body.append(row)
        else renew(own, row)
      })
      while (body.children.length > next.length) body.lastElementChild?.remove()
    },
  }
}

/** Cell by cell: what has the focus stays, and nothing is drawn that looks the same. */
function renew(own: Element, row: Element): void {
  if (own.isEqualNode(row)) return
  if (own.children.length !== row.children.length) {
    own.replaceWith(row)
    return
  }
  const cells = [...row.children]
  cells.forEach((cell, place) => {
    const before = own.children[place]
    if (before === undefined || before.isEqualNode(cell) || before.contains(document.activeElement)) return
    before.replaceWith(cell)
  })
}
