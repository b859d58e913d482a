import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { ROOT } from '../helpers/root.ts'

const PAGE = join(ROOT, 'docs/errors.md')

/** The members of a union of strings, with the sentence that stands above each. */
function readUnion(file: string, name: string): readonly (readonly [string, string])[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const union = new RegExp(`export type ${name} =\\n((?: {2}.*\\n)+)`).exec(text)?.[1] ?? ''
  return [...union.matchAll(/\/\*\* (.*) \*\/\n {2}\| '(.*)'/g)].map(
    (match) => [match[2] ?? '', match[1] ?? ''] as const,
  )
}

function renderTable(rows: readonly (readonly [string, string])[]): string {
  return [
    '| code | what it means |',
    '| --- | --- |',
    ...rows.map(([code, text]) => `| \`${code}\` | ${text} |`),
  ].join('\n')
}

function renderPage(): string {
  return `# Errors

Every error that Stalemate makes has a code, a message in one sentence, and, where something can be done about
it, a hint. Programs compare the code; messages may be reworded. This page is made of \`src/errors.ts\` and
\`src/rules/diagnostic.ts\`.

## Thrown

A \`StalemateError\` has \`code\`, \`message\`, \`hint\` and \`cause\`. What a loader throws is passed on as it is.

${renderTable(readUnion('src/errors.ts', 'ErrorCode'))}

## Found in rule files

\`stalemate compile\` and \`stalemate check\` print all of them at once and exit with 1; \`compileRules\` returns them
as \`diagnostics\`, each with \`severity\`, \`code\`, \`message\`, \`hint\`, \`file\` and \`range\`.

${renderTable(readUnion('src/rules/diagnostic.ts', 'DiagnosticCode'))}
`
}

test('every code is documented, and no other', (t) => {
  t.true(readUnion('src/errors.ts', 'ErrorCode').length > 10)
  t.true(readUnion('src/rules/diagnostic.ts', 'DiagnosticCode').length > 10)
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(PAGE, renderPage())
  t.is(readFileSync(PAGE, 'utf8'), renderPage())
})
