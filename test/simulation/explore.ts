import { parseArgs } from 'node:util'
import { explore, type Finding } from '../../src/testing/index.ts'
import { ADAPTERS } from './adapters.ts'

const USAGE = `Usage: npm run explore -- [--schedules N] [--depth N] [--seed S] [--kernel TEXT] [--json]

Plays schedules of database, feed, loaders, background work and cache against an oracle that knows which value each read
may return: all of the stated length first, then random ones. A schedule that fails is shown with as few steps as still fail.

  --schedules N   random ones over all kernels, 1000000 unless said otherwise
  --depth N       every schedule of this many steps is played as well, 5 unless said otherwise; 0 for none
  --seed S        drawn unless given
  --kernel TEXT   only kernels whose name contains it
  --json          print one JSON document and nothing else

Exit codes: 0 nothing was found, 1 a schedule fails, 2 wrong use.
`

/** Random schedules between two signs of life. */
const BATCH = 10_000

type Arguments = {
  readonly schedules: number
  readonly depth: number
  readonly seed: number
  readonly kernel: string
  readonly json: boolean
}

function readArguments(): Arguments | undefined {
  const { values } = parseArgs({
    options: {
      schedules: { type: 'string', default: '1000000' },
      depth: { type: 'string', default: '5' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
      kernel: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const count = (name: 'schedules' | 'depth' | 'seed'): number => {
    const number = Number(values[name])
    if (Number.isSafeInteger(number) && number >= 0) return number
    throw new TypeError(`Expected a whole number for --${name}, got ${JSON.stringify(values[name])}.`)
  }
  const { kernel, json } = values
  if (!Object.keys(ADAPTERS).some((name) => name.includes(kernel)))
    throw new TypeError(`No kernel is called ${kernel}. There are: ${Object.keys(ADAPTERS).join('; ')}.`)
  return { schedules: count('schedules'), depth: count('depth'), seed: count('seed'), kernel, json }
}

type Row = { readonly kernel: string; readonly schedules: number; readonly finding?: Finding }

async function exploreKernel(kernel: string, random: number, { depth, seed, json }: Arguments): Promise<Row> {
  const adapter = ADAPTERS[kernel]
  if (adapter === undefined) throw new TypeError(`No kernel is called ${kernel}.`)
  const isWatched = !json && process.stderr.isTTY
  let schedules = 0
  const attempt = async (part: Parameters<typeof explore>[1]): Promise<Row | undefined> => {
    const finding = await explore(adapter, part)
    schedules += finding.schedules
    if (isWatched) process.stderr.write(`\r${kernel}: ${schedules} schedules`)
    return finding.fault === undefined ? undefined : { kernel, schedules, finding }
  }
  let failed = await attempt({ depth, random: 0 })
  for (let done = 0; failed === undefined && done < random; done += BATCH) {
    failed = await attempt({ random: Math.min(BATCH, random - done), seed: seed + done })
  }
  if (isWatched) process.stderr.write('\r\u001b[K')
  return failed ?? { kernel, schedules }
}

function describe({ kernel, schedules, finding }: Row, seed: number): string {
  const head = `the kernel ${kernel}: ${schedules} schedules`
  if (finding?.fault === undefined) return `${head}, none fails\n`
  const { kind, message, steps } = finding.fault
  const lines = steps.map((step) => `    ${step}\n`).join('')
  return `${head}, one fails (seed ${seed}): ${kind}\n  ${message}\n${lines}`
}

async function main(): Promise<number> {
  const given = readArguments()
  if (given === undefined) {
    process.stdout.write(USAGE)
    return 0
  }
  const kernels = Object.keys(ADAPTERS).filter((name) => name.includes(given.kernel))
  const rows: Row[] = []
  for (const kernel of kernels) {
    const row = await exploreKernel(kernel, Math.ceil(given.schedules / kernels.length), given)
    rows.push(row)
    if (!given.json) process.stdout.write(describe(row, given.seed))
  }
  const schedules = rows.reduce((sum, row) => sum + row.schedules, 0)
  if (given.json) process.stdout.write(`${JSON.stringify({ seed: given.seed, schedules, rows }, null, 2)}\n`)
  else process.stdout.write(`${schedules} schedules, seed ${given.seed}\n`)
  return rows.some(({ finding }) => finding !== undefined) ? 1 : 0
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
  process.exitCode = 2
}
