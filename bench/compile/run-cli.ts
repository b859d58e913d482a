import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { makeBigRules, type BigRulesSize } from './big-rules.ts'

/** What a process took from its start to its end. */
export type Cost = {
  /** Milliseconds of the processor, of all its threads. */
  readonly processor: number
  /** Milliseconds of the clock. */
  readonly clock: number
  /** Megabytes: the most memory that it had at once. */
  readonly memory: number
}

const BIN = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url))

/** Runs in the process that is measured: its last act is to say what it took. */
const METER = `const { writeSync } = require('node:fs')
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  writeSync(3, JSON.stringify({ processor: (userCPUTime + systemCPUTime) / 1000, memory: maxRSS / 1024 }))
})`

/** Runs `stalemate compile` as a person does: in a folder with rule files and nothing else, in a process of its own. */
export async function runCli(size: BigRulesSize, signal: AbortSignal): Promise<Cost> {
  const folder = await mkdtemp(join(tmpdir(), 'stalemate-compile-'))
  try {
    await mkdir(join(folder, 'rules'))
    for (const [name, rules] of Object.entries(makeBigRules(size)))
      await writeFile(join(folder, 'rules', name), rules)
    const meter = join(folder, 'meter.cjs')
    await writeFile(meter, METER)
    const start = performance.now()
    const child = spawn(process.execPath, ['--require', meter, BIN, 'compile'], {
      cwd: folder,
      signal,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    })
    const [, errors, said] = await Promise.all([
      once(child, 'close'),
      text(child.stderr as Readable),
      text(child.stdio[3] as Readable),
    ])
    const clock = performance.now() - start
    if (child.exitCode !== 0) throw new Error(`stalemate compile ended with ${child.exitCode}: ${errors}`)
    return { ...(JSON.parse(said) as Omit<Cost, 'clock'>), clock }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
