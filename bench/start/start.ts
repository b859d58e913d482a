import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { BASELINE, type Benchmark, type Context, type Report } from '../harness/benchmark.ts'
import { runInterleaved } from '../harness/interleave.ts'
import { createRows, createTarget } from '../harness/rows.ts'

const urlOf = (path: string): URL => new URL(`../../src/${path}`, import.meta.url)
const INDEX = urlOf('index.js').href

/** A process, and how its milliseconds are told: by itself on its standard output, or by its start and end. */
type Variant = { readonly name: string; readonly argv: readonly string[]; readonly tells: boolean }

const inline = (name: string, code: string): Variant => ({
  name,
  argv: [
    '--input-type=module',
    '--eval',
    `const began = performance.now(); ${code} console.log(performance.now() - began)`,
  ],
  tells: true,
})

const IMPORT = 'import of the library'
const HELP = '`stalemate --help`'
const VARIANTS: readonly Variant[] = [
  { name: BASELINE, argv: ['--eval', '0'], tells: false },
  inline(IMPORT, `await import('${INDEX}');`),
  inline(
    'import, and a first createStalemate()',
    `await (await import('${INDEX}')).createStalemate({ manifest: {}, connection: {} }).catch(() => {});`,
  ),
  inline('import of `pg` alone', `await import('pg');`),
  { name: HELP, argv: [fileURLToPath(urlOf('cli/bin.js')), '--help'], tells: false },
]

export const start: Benchmark = {
  name: 'start',
  summary: 'What it takes to import the library, and to start the command.',
  run: runStart,
}

async function runStart({ quick, signal, progress }: Context): Promise<Report> {
  const samples = await runInterleaved({
    variants: VARIANTS,
    warmups: 1,
    rounds: quick ? 5 : 15,
    measure: (variant) => measure(variant, signal),
    progress: ({ name }, round) => progress(`${round === 0 ? 'warming up' : `round ${round}`}: ${name}`),
    signal,
  })
  const rows = createRows(
    'ms',
    [...samples].map(([{ name }, values]) => ({ name, values })),
  )
  const targets = [[IMPORT, 60] as const, [HELP, 150] as const].flatMap(([name, wanted]) => {
    const row = rows.find((row) => row.name === name)
    return row === undefined ? [] : [createTarget(name, 'at most', wanted, row.value, 'ms')]
  })
  return { rows, absent: [], targets, notes: NOTES }
}

async function measure({ argv, tells }: Variant, signal: AbortSignal): Promise<number> {
  const began = performance.now()
  // In this folder, from where the project's dependencies are found.
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  const child = spawn(process.execPath, argv, { cwd, signal, stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')])
  const took = performance.now() - began
  if (child.exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${child.exitCode}.`)
  return tells ? Number(said) : took
}

const NOTES = [
  'Imports are told by the process itself, from before to after them; `--help` and the baseline, a process that does nothing, from the start of the process to its end.',
  'The runtime and the driver are loaded by the first `createStalemate()`: who imports types, errors or the compiler does not pay for them.',
] as const
