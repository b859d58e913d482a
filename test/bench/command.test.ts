import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { Benchmark, Document } from '../../bench/harness/benchmark.ts'
import { runCommand } from '../../bench/harness/command.ts'
import { createRows } from '../../bench/harness/rows.ts'

const trivial: Benchmark = {
  name: 'trivial',
  summary: 'Nothing, quickly.',
  run: async ({ progress }) => {
    progress('counting')
    return await Promise.resolve({
      rows: createRows('calls/s', [
        { name: 'baseline', values: [10, 30, 20] },
        { name: 'ours', values: [8, 12, 10] },
      ]),
      absent: [{ name: 'theirs', reason: 'not installed' }],
      targets: [],
      notes: ['Counted by hand.'],
      postgresql: '18.4',
    })
  },
}
const failing: Benchmark = {
  name: 'failing',
  summary: 'Fails.',
  run: async () => await Promise.reject(new Error('no luck')),
}

type Outcome = {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly root: string
}

async function run(
  t: ExecutionContext,
  argv: readonly string[],
  { benchmarks = [trivial, failing], signal = new AbortController().signal, isTTY = false } = {},
): Promise<Outcome> {
  const root = await mkdtemp(join(tmpdir(), 'stalemate-bench-'))
  t.teardown(() => rm(root, { recursive: true }))
  let [stdout, stderr] = ['', '']
  const code = await runCommand(argv, {
    benchmarks,
    signal,
    root,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text), isTTY },
  })
  return { code, stdout, stderr, root }
}

test('--json prints one document in the documented format and nothing else', async (t) => {
  const { code, stdout, stderr } = await run(t, ['trivial', '--json'])
  t.is(code, 0)
  t.is(stderr, '')
  const document = JSON.parse(stdout) as Document
  t.is(document.benchmark, 'trivial')
  t.false(document.quick)
  t.is(document.machine.node, process.version)
  t.is(document.machine.postgresql, '18.4')
  t.true(document.machine.cores > 0)
  t.false('postgresql' in document)
  t.deepEqual(document.rows, [
    { name: 'baseline', value: 20, unit: 'calls/s', ratio: 1, min: 10, max: 30 },
    { name: 'ours', value: 10, unit: 'calls/s', ratio: 0.5, min: 8, max: 12 },
  ])
  t.deepEqual(document.absent, [{ name: 'theirs', reason: 'not installed' }])
})

test('a run of one benchmark prints a table with what could not be measured, and writes no file', async (t) => {
  const { code, stdout, root } = await run(t, ['trivial', '--quick'])
  t.is(code, 0)
  t.regex(stdout, /^ours +10 +0\.5 +8 - 12$/m)
  t.regex(stdout, /^theirs: not installed$/m)
  t.deepEqual(await readdir(root), [])
})

test('a run of everything writes the page and the results', async (t) => {
  const { code, root } = await run(t, [], { benchmarks: [trivial] })
  t.is(code, 0)
  const page = await readFile(join(root, 'docs/performance.md'), 'utf8')
  t.regex(page, /^## `trivial`\n\nNothing, quickly\.$/m)
  t.regex(page, /^\| ours +\| 10 +\| 0\.5 +\|/m)
  t.regex(page, /^- Counted by hand\.$/m)
  const results = JSON.parse(await readFile(join(root, 'bench/results.json'), 'utf8')) as Document[]
  t.deepEqual(
    results.map(({ benchmark }) => benchmark),
    ['trivial'],
  )
})

test('a quick run of everything leaves page and results alone', async (t) => {
  const { code, root } = await run(t, ['--quick'], { benchmarks: [trivial] })
  t.is(code, 0)
  t.deepEqual(await readdir(root), [])
})

const isRefused = test.macro(async (t, argv: readonly string[], reason: RegExp) => {
  const { code, stdout, stderr } = await run(t, argv)
  t.is(code, 2)
  t.is(stdout, '')
  t.regex(stderr, reason)
  t.regex(stderr, /^ {2}trivial {2}Nothing, quickly\.\n {2}failing {2}Fails\.$/m)
})

test('an unknown benchmark is refused with the list', isRefused, ['hitt'], /There is no benchmark "hitt"\./)
test('an unknown option is refused with the list', isRefused, ['--fast'], /--fast/)
test('two benchmarks are refused with the list', isRefused, ['trivial', 'failing'], /Expected one benchmark/)
test('--json without a benchmark is refused with the list', isRefused, ['--json'], /name the benchmark/)

test('a benchmark that fails ends the run with 1 and its error', async (t) => {
  const { code, stdout, stderr, root } = await run(t, [])
  t.is(code, 1)
  t.regex(stdout, /^trivial: /)
  t.regex(stderr, /no luck/)
  t.deepEqual(await readdir(root), [])
})

test('an interrupted benchmark ends the run with 130 and no error', async (t) => {
  const controller = new AbortController()
  const interrupted: Benchmark = {
    ...failing,
    run: async ({ signal }) => {
      controller.abort(new Error('Ctrl-C'))
      return await Promise.reject(signal.reason as Error)
    },
  }
  const { code, stdout, stderr } = await run(t, [], { benchmarks: [interrupted], signal: controller.signal })
  t.deepEqual([code, stdout, stderr], [130, '', ''])
})

test('progress is shown on a terminal only, and taken away', async (t) => {
  const { stderr } = await run(t, ['trivial'], { isTTY: true })
  t.is(stderr, '\r\u001B[Ktrivial: counting\r\u001B[K')
  t.is((await run(t, ['trivial'])).stderr, '')
})
