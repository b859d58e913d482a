import { fileURLToPath } from 'node:url'
import { BENCHMARKS } from './benchmarks.ts'
import { runCommand } from './harness/command.ts'

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => interrupted.abort(new Error(`Ended by ${name}.`)))
}
process.exitCode = await runCommand(process.argv.slice(2), {
  benchmarks: BENCHMARKS,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interrupted.signal,
  root: fileURLToPath(new URL('../../', import.meta.url)),
})
