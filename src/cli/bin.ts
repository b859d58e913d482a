#!/usr/bin/env node
import { run } from './run.ts'

const abort = new AbortController()
const signals = ['SIGINT', 'SIGTERM'] as const
function stop(signal: NodeJS.Signals): void {
  // The next signal finds no handler and ends the process at once.
  for (const name of signals) process.off(name, stop)
  abort.abort(signal)
}
for (const name of signals) process.on(name, stop)
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The pipe's reader has seen enough, as in `stalemate ... | head`: end as SIGPIPE ends other programs.
    if (error.code === 'EPIPE') process.exit(141)
    throw error
  })
}
try {
  process.exitCode = await run(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    signal: abort.signal,
  })
} finally {
  for (const name of signals) process.off(name, stop)
}
// Interrupted work may still hold the process, such as a connection that waits for a lock.
if (abort.signal.aborted) process.exit()
