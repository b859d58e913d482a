import test from 'ava'
import { stripVTControlCharacters } from 'node:util'
import { runDemo } from '../../src/demo/run-demo.ts'
import type { Summary } from '../../src/demo/summary.ts'

/** An output that keeps what is written, and a signal of its own. */
function createIo(isTTY = false) {
  const abort = new AbortController()
  let text = ''
  let onWrite: () => void = () => {}
  const stdout = {
    isTTY,
    columns: 80,
    write(part: string) {
      text += part
      onWrite()
    },
  }
  return {
    stdout,
    signal: abort.signal,
    abort,
    text: () => text,
    /** Resolves when the output contains `part`. */
    wrote: (part: string) =>
      new Promise<void>((resolve) => {
        onWrite = () => {
          if (text.includes(part)) resolve()
        }
        onWrite()
      }),
  }
}

test.serial(
  'the demo finds no stale read, shows every kind of statement and ends with the verdict',
  async (t) => {
    const io = createIo()
    t.is(await runDemo({ seconds: 2 }, io), 0, io.text())
    const text = io.text()
    t.regex(text, /\nstale reads: 0\n$/)
    for (const table of ['users', 'agents', 'leads', 'calls']) {
      for (const verb of ['INSERT INTO', 'UPDATE', 'DELETE FROM'])
        t.true(text.includes(`${verb} ${table} `), verb)
    }
    t.regex(text, /made wrong {2}.*dashboard:[0-9a-f]{6}…/)
    t.regex(text, /gone {8}(<0\.1|[\d.,]+) ms after the commit/)
    t.regex(text, /next read .* → /)
    t.is(stripVTControlCharacters(text), text)
  },
)

test.serial('with one trigger disabled the demo exits 1 with evidence of stale reads', async (t) => {
  const io = createIo()
  t.is(await runDemo({ seconds: 1, sabotage: true }, io), 1, io.text())
  t.regex(io.text(), /STALE dashboard:[0-9a-f]{6}…, [\d,]+ ms after commit \d/)
  t.regex(io.text(), /\nstale reads: [1-9]\d*\n$/)
})

test.serial('with json the demo prints one document', async (t) => {
  const io = createIo(true)
  t.is(await runDemo({ seconds: 1, json: true }, io), 0)
  const summary = JSON.parse(io.text()) as Summary
  t.is(summary.staleReads, 0)
  t.true(summary.changes.shown > 0 && summary.changes.burst > 0 && summary.invalidations > 0)
  t.true(summary.reads.hits > 0 && summary.oracle.held > 0)
  t.true(summary.oracle.judged >= summary.reads.hits - summary.oracle.held)
})

test.serial('kept, the demo shows what others change, on a terminal, until it is interrupted', async (t) => {
  const io = createIo(true)
  const ended = runDemo({ seconds: 1, keep: true }, io)
  await Promise.race([io.wrote('Ctrl-C ends'), ended])
  const [connectionString = ''] = /postgresql:[^']+/.exec(io.text()) ?? []
  const { Client } = await import('pg')
  const client = new Client({ connectionString })
  client.on('error', () => {})
  await client.connect()
  await client.query('TRUNCATE calls')
  await client.end()
  await Promise.race([io.wrote('truncate calls'), ended])
  await Promise.race([io.wrote('calls.waiting'), ended])
  io.abort.abort('SIGINT')
  t.is(await ended, 0)
  for (const line of stripVTControlCharacters(io.text()).split(/[\r\n]+/)) {
    if (!line.includes('psql')) t.true(line.length <= 80, line)
  }
  await t.throwsAsync(new Client({ connectionString }).connect())
})

test.serial('an interrupted demo ends as a shell expects it, and leaves no server', async (t) => {
  const io = createIo()
  const ended = runDemo({}, io)
  await Promise.race([io.wrote('   3  '), ended])
  io.abort.abort('SIGINT')
  t.is(await ended, 130)
  const early = createIo()
  early.abort.abort('SIGTERM')
  t.is(await runDemo({}, early), 143)
})
