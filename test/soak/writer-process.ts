import { setTimeout as pause } from 'node:timers/promises'
import { createRandom } from '../../src/demo/random.ts'
import type { Committed, WriterConfig, WriterReport, WriterRequest } from './messages.ts'
import { readTime } from './time.ts'
import { Scribe } from './scribe.ts'

/** Connections that write; each has rows of its own. */
const CONNECTIONS = 6
/** Milliseconds between two reports. */
const REPORT = 20

let commits: Committed[] = []
let transactions = 0
let goOn: () => void = () => {}
let mayWrite = Promise.resolve()
const writing = new Set<Promise<void>>()

async function write(config: WriterConfig, number: number): Promise<void> {
  const scribe = new Scribe(config.connectionString, createRandom(config.seed * 100 + number), {
    number,
    count: CONNECTIONS,
  })
  let due = readTime()
  for (;;) {
    await mayWrite
    const work = scribe.write().then((written) => {
      const at = readTime()
      for (const [kind, id, version] of written.rows) commits.push([kind, id, version, at])
      transactions += written.transactions
      due += (1_000 * CONNECTIONS * Math.max(1, written.transactions)) / config.rate
    })
    writing.add(work)
    await work
    writing.delete(work)
    const wait = due - readTime()
    if (wait > 0) await pause(wait)
    else if (wait < -1_000) due = readTime()
  }
}

function report(): void {
  const until = readTime()
  send({ kind: 'committed', commits, transactions, until })
  commits = []
  transactions = 0
}

function send(message: WriterReport): void {
  if (process.connected) process.send?.(message)
}

process.on('message', (request: WriterRequest) => {
  if (request.kind === 'start') {
    for (let number = 0; number < CONNECTIONS; number += 1) void write(request.config, number)
    setInterval(report, REPORT)
  } else if (request.kind === 'pause') {
    mayWrite = new Promise((resolve) => (goOn = resolve))
    void Promise.all(writing).then(() => {
      report()
      send({ kind: 'paused' })
    })
  } else goOn()
})
process.on('disconnect', () => process.exit())
