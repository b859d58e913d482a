import { setMaxListeners } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Benchmark, Document } from './benchmark.ts'
import { readMachine } from './machine.ts'
import { renderMarkdown } from './markdown.ts'
import { renderText } from './print.ts'
import { createProgress, type Output } from './progress.ts'

/** What surrounds a run. */
export type Surroundings = {
  readonly benchmarks: readonly Benchmark[]
  readonly stdout: Output
  readonly stderr: Output
  readonly signal: AbortSignal
  /** Where a run of everything writes `docs/performance.md` and `bench/results.json`. */
  readonly root: string
}

/** Runs the benchmarks that `argv` names. Exit code: 0 done, 1 failed, 2 wrong use, 130 interrupted. */
export async function runCommand(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { benchmarks, stdout, stderr, signal, root } = surroundings
  const wanted = readArguments(argv, benchmarks)
  if (typeof wanted === 'string') {
    stderr.write(`${wanted}\n\n${renderUsage(benchmarks)}`)
    return 2
  }
  // Each worker listens.
  setMaxListeners(0, signal)
  const progress = createProgress(stderr)
  const documents: Document[] = []
  try {
    for (const benchmark of wanted.chosen) {
      const show = (text: string): void => progress.show(`${benchmark.name}: ${text}`)
      const document = await runBenchmark(benchmark, wanted.quick, signal, show)
      documents.push(document)
      progress.clear()
      stdout.write(wanted.json ? `${JSON.stringify(document, null, 2)}\n` : `${renderText(document)}\n`)
    }
    if (wanted.isComplete) await writeResults(root, benchmarks, documents)
  } catch (error) {
    progress.clear()
    if (signal.aborted) return 130
    stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    return 1
  }
  return 0
}

type Wanted = {
  readonly chosen: readonly Benchmark[]
  readonly quick: boolean
  readonly json: boolean
  /** Everything was measured in full, so that the results may replace those on disk. */
  readonly isComplete: boolean
}

function readArguments(argv: readonly string[], benchmarks: readonly Benchmark[]): Wanted | string {
  let parsed
  try {
    const options = {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    } as const
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true })
  } catch (error) {
    return (error as Error).message
  }
  const { values, positionals } = parsed
  const { quick, json } = values
  const [name, ...rest] = positionals
  if (rest.length > 0) return `Expected one benchmark, got ${positionals.join(' ')}.`
  if (name === undefined) {
    return json
      ? '--json prints one document: name the benchmark.'
      : { chosen: benchmarks, quick, json, isComplete: !quick }
  }
  const chosen = benchmarks.filter((benchmark) => benchmark.name === name)
  return chosen.length === 0
    ? `There is no benchmark ${JSON.stringify(name)}.`
    : { chosen, quick, json, isComplete: false }
}

function renderUsage(benchmarks: readonly Benchmark[]): string {
  const width = Math.max(...benchmarks.map(({ name }) => name.length))
  const list = benchmarks.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`).join('')
  return `Usage: npm run bench [-- [NAME] [--quick] [--json]]\n\nBenchmarks:\n${list}`
}

async function runBenchmark(
  benchmark: Benchmark,
  quick: boolean,
  signal: AbortSignal,
  progress: (text: string) => void,
): Promise<Document> {
  const machine = readMachine()
  const { postgresql, ...report } = await benchmark.run({ quick, signal, progress })
  const server = postgresql === undefined ? {} : { postgresql }
  return { benchmark: benchmark.name, quick, machine: { ...machine, ...server }, ...report }
}

async function writeResults(
  root: string,
  benchmarks: readonly Benchmark[],
  documents: readonly Document[],
): Promise<void> {
  const summaries = new Map(benchmarks.map(({ name, summary }) => [name, summary]))
  const files = {
    'docs/performance.md': renderMarkdown(documents, summaries),
    'bench/results.json': `${JSON.stringify(documents, null, 2)}\n`,
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
}
