import type { Row, Target } from './benchmark.ts'

/** Cells of one table; the first row is the heading. */
export type Cells = readonly (readonly string[])[]

export type Table = { readonly title: string | undefined; readonly rows: readonly Row[] }

/** Rows by their table, in the order of their first row. */
export function splitTables(rows: readonly Row[]): readonly Table[] {
  const titles = [...new Set(rows.map((row) => row.table))]
  return titles.map((title) => ({ title, rows: rows.filter((row) => row.table === title) }))
}

/** The rows of one table; a group is named in its first row only. */
export function rowCells(rows: readonly Row[]): Cells {
  const details = [...new Set(rows.flatMap((row) => Object.keys(row.details ?? {})))]
  const isGrouped = rows.some((row) => row.group !== undefined)
  const heading = ['', rows[0]?.unit ?? '', 'ratio', 'range', ...details]
  const lines = rows.map((row, index) => [
    ...(isGrouped ? [row.group === rows[index - 1]?.group ? '' : (row.group ?? '')] : []),
    row.name,
    formatNumber(row.value),
    formatNumber(row.ratio),
    `${formatNumber(row.min)} - ${formatNumber(row.max)}`,
    ...details.map((name) => formatDetail(row.details?.[name])),
  ])
  return [isGrouped ? ['', ...heading] : heading, ...lines]
}

export function targetCells(targets: readonly Target[]): Cells {
  const lines = targets.map(({ what, bound, wanted, measured, unit, met }) => [
    what,
    `${bound} ${formatNumber(wanted)}${unit}`,
    `${formatNumber(measured)}${unit}`,
    met ? 'met' : 'missed',
  ])
  return [['', 'target', 'measured', ''], ...lines]
}

/** Columns as wide as their widest cell; numbers to the right. */
export function alignCells(cells: Cells): string {
  const widths = columnWidths(cells)
  return cells
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0
          return isFigure(cell) ? cell.padStart(width) : cell.padEnd(width)
        })
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}

/** A Markdown table, aligned so that it reads as it stands. */
export function markdownCells(cells: Cells): string {
  const widths = columnWidths(cells).map((width) => Math.max(width, 3))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`
  const [heading = [], ...rows] = cells
  return [heading, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('')
}

export function formatNumber(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}

function columnWidths(cells: Cells): readonly number[] {
  const [heading = []] = cells
  return heading.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)))
}

function formatDetail(value: string | number | undefined): string {
  return typeof value === 'number' ? formatNumber(value) : (value ?? '')
}

function isFigure(cell: string): boolean {
  return /^-?[\d.,]+$/.test(cell)
}
