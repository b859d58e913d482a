import type { Document } from './benchmark.ts'
import { describeMachine } from './print.ts'
import { splitTables, markdownCells, rowCells, targetCells } from './table.ts'

const HEAD = `<!-- Written by \`npm run bench\`. Do not edit. -->

# Performance

Variants are measured in turn, A B C A B C, and a figure is the median of the rounds; the range beside it is
the lowest and the highest round. Compare ratios within a table: they hold on other machines, absolute figures
do not. A load at the start above the number of cores means that others were at work: such a run says less.
\`npm run bench\` measures everything anew and writes this page; \`npm run bench -- NAME\` runs one benchmark and
prints it.
`

/** `docs/performance.md`. */
export function renderMarkdown(
  documents: readonly Document[],
  summaries: ReadonlyMap<string, string>,
): string {
  return [HEAD, ...documents.map((document) => renderSection(document, summaries))].join('\n')
}

function renderSection(document: Document, summaries: ReadonlyMap<string, string>): string {
  const { benchmark, rows, absent, targets, notes, machine } = document
  const summary = summaries.get(benchmark) ?? ''
  const parts = [`## \`${benchmark}\`\n`, `${summary}\n`, `Measured on: ${describeMachine(machine)}.\n`]
  if (targets.length > 0) parts.push('### Targets\n', markdownCells(targetCells(targets)))
  for (const table of splitTables(rows)) {
    if (table.title !== undefined) parts.push(`### ${table.title}\n`)
    parts.push(markdownCells(rowCells(table.rows)))
  }
  if (absent.length > 0) {
    parts.push(absent.map(({ name, reason }) => `- ${name}: not measured, ${reason}.\n`).join(''))
  }
  if (notes.length > 0) parts.push('### How to read it\n', notes.map((note) => `- ${note}\n`).join(''))
  return parts.join('\n')
}
