import { describeDifference } from './difference.ts'
import type { StaleRead } from './oracle.ts'
import { cut, formatNumber, type Paint, shortenIds } from './text.ts'

/** The evidence of a stale read: key, age, what was served and what was expected. */
export function formatStale(stale: StaleRead, width: number, paint: Paint): string[] {
  const { key, served, expected, commit, age } = stale
  const when =
    commit === undefined || age === undefined
      ? 'a value that the database never had'
      : `${formatNumber(age)} ms after commit ${commit}`
  const room = width - 18
  const row = (label: string, text: string): string =>
    `      ${label.padEnd(12)}${cut(shortenIds(text), room)}`
  return [
    cut(`STALE ${shortenIds(key)}, ${when}`, width),
    row('served', served),
    row('expected', expected),
    row('differs', describeDifference(served, expected)),
  ].map((line) => paint('red', line))
}
