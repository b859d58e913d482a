import { describeDifference } from './difference.ts'
import type { NextRead, Step } from './run-step.ts'
import { cut, fitWords, formatCount, formatMs, type Paint, shortenIds, wrap } from './text.ts'
import { showStatement } from './writer/statement.ts'

const INDENT = 6
const LABEL = 12
const MAX_SQL = 2
const MAX_READS = 3

/** What the demo says of one transaction: the statement, the keys, how fast they were gone, the next reads. */
export function formatStep(number: number, step: Step, width: number, paint: Paint): string[] {
  const { written, effects, latency, nextReads } = step
  const sql = shortenIds(showStatement(written.statement))
  const [first = '', ...rest] = wrap(sql, width - INDENT, MAX_SQL)
  const verb = first.slice(0, first.indexOf(' '))
  const head = [
    `${paint('dim', String(number).padStart(4))}  ${paint('bold', paint('cyan', verb))}${first.slice(verb.length)}`,
    ...rest.map((line) => `${' '.repeat(INDENT)}${line}`),
  ]
  if (latency === undefined) return [...head, formatRow('made wrong', paint('dim', 'nothing'), paint)]
  const held = paint('dim', `; ${formatCount(effects.dropped, 'value')} held`)
  return [
    ...head,
    formatRow('made wrong', paint('yellow', formatKeys(effects.keys, width - INDENT - LABEL)), paint),
    formatRow('gone', `${paint('green', formatMs(latency))} after the commit${held}`, paint),
    ...formatReads(nextReads, width, paint),
  ]
}

export function formatKeys(keys: readonly string[], width: number): string {
  return cut(fitWords(keys.map(shortenIds), width), width)
}

/** The next reads that came back new; of those that came back the same, one line. */
export function formatReads(reads: readonly NextRead[], width: number, paint: Paint): string[] {
  const room = width - INDENT - LABEL
  const news = reads.filter(({ before, after }) => before !== after)
  const lines = news.slice(0, MAX_READS).map(({ key, before, after }) => {
    const name = cut(shortenIds(key), room)
    const change = shortenIds(describeDifference(before, after))
    return `${name}  ${paint('bold', cut(change, Math.max(room - name.length - 2, 0)))}`
  })
  if (news.length > MAX_READS) lines.push(paint('dim', `and ${news.length - MAX_READS} more`))
  if (news.length === 0 && reads.length > 0) lines.push(paint('dim', 'the same value as before'))
  return lines.map((line, index) => formatRow(index === 0 ? 'next read' : '', line, paint))
}

function formatRow(label: string, text: string, paint: Paint): string {
  return `${' '.repeat(INDENT)}${paint('dim', label.padEnd(LABEL))}${text}`
}
