import type { Document } from './benchmark.ts'
import { alignCells, splitTables, rowCells, targetCells } from './table.ts'

/** A report for a terminal. */
export function renderText(document: Document): string {
  const { benchmark, rows, absent, targets, notes, machine } = document
  const parts = [`${benchmark}: ${describeMachine(machine)}\n`]
  for (const table of splitTables(rows)) {
    parts.push(`${table.title === undefined ? '' : `${table.title}\n`}${alignCells(rowCells(table.rows))}`)
  }
  if (absent.length > 0) parts.push(absent.map(({ name, reason }) => `${name}: ${reason}\n`).join(''))
  if (targets.length > 0) parts.push(`Targets\n${alignCells(targetCells(targets))}`)
  if (notes.length > 0) parts.push(notes.map((note) => `- ${note}\n`).join(''))
  return parts.join('\n')
}

export function describeMachine({
  cpu,
  cores,
  memory,
  os,
  node,
  postgresql,
  load,
}: Document['machine']): string {
  const server = postgresql === undefined ? '' : `, PostgreSQL ${postgresql}`
  return `${cpu}, ${cores} cores, ${memory} GiB, ${os}, Node ${node}${server}; load at the start ${load}`
}
