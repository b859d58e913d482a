import { stripVTControlCharacters } from 'node:util'

export type Alignment = 'left' | 'right'

const widthOf = (text: string): number => stripVTControlCharacters(text).length

/**
 * Lays rows out in columns two spaces apart, one line a row; colours don't count as width.
 * @param alignments of the columns, from the left; those not named are `left`
 */
export function formatTable(
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[] = [],
): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell))
  }
  const pad = (cell: string, column: number): string => {
    const space = ' '.repeat((widths[column] ?? 0) - widthOf(cell))
    return alignments[column] === 'right' ? space + cell : cell + space
  }
  return rows.map((row) => `${row.map(pad).join('  ').trimEnd()}\n`).join('')
}
