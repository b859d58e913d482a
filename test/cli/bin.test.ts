import test from 'ava'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createDatabase } from '../helpers/database.ts'
import { makeFolder } from '../helpers/io.ts'
import { ROOT } from '../helpers/root.ts'
import type { ExecutionContext } from 'ava'
import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'
import { waitFor, waitUntil } from '../helpers/wait.ts'

const BIN = join(ROOT, 'dist', 'src', 'cli', 'bin.js')
const RULES = `version: 1
name: shop
caches:
  basket:
    key: basket:{user_id}
    params: { user_id: uuid }
tables:
  items:
    - invalidate: basket
`

type Child = ChildProcessByStdio<null, Readable, Readable>

/** Starts the program as a process of its own; killed when the test ends. */
function start(t: ExecutionContext, args: readonly string[], cwd?: string): Child {
  const child = spawn(process.execPath, [BIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

/** The exit code, or the signal that ended the process. */
async function waitForEnd(child: Child): Promise<unknown> {
  const [code, signal] = (await waitFor(once(child, 'close'), 'the end of the program')) as [
    number | null,
    string | null,
  ]
  return code ?? signal
}

async function readAll(stream: Readable): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}

test('the program prints its help without a colour into a pipe, and exits 0', async (t) => {
  const child = start(t, ['--help'])
  const [code, text] = await Promise.all([waitForEnd(child), readAll(child.stdout)])
  t.is(code, 0)
  t.regex(text, /^Usage: stalemate/)
  t.false(text.includes('\u001B['))
})

test('the program exits 2 on wrong use', async (t) => {
  t.is(await waitForEnd(start(t, ['nope'])), 2)
})

test('a reader that closes the pipe ends the program without a word', async (t) => {
  const child = start(t, ['--help'])
  child.stdout.destroy()
  const [code, text] = await Promise.all([waitForEnd(child), readAll(child.stderr)])
  t.is(text, '')
  t.is(code, 141)
})

test('the program starts with a line that lets a shell run it', async (t) => {
  t.true((await readFile(BIN, 'utf8')).startsWith('#!/usr/bin/env node\n'))
})

const interruption = test.macro<[NodeJS.Signals, number]>({
  exec: async (t, signal, code) => {
    const cwd = await makeFolder(t)
    await mkdir(join(cwd, 'rules'))
    await writeFile(join(cwd, 'rules', 'shop.yaml'), RULES)
    t.is(await waitForEnd(start(t, ['compile'], cwd)), 0)
    const database = await createDatabase(t, { sql: 'CREATE TABLE items (user_id uuid)' })
    const other = await database.connect()
    await other.query('BEGIN; LOCK TABLE items')
    const child = start(t, ['apply', '--url', database.connectionString, '--lock-timeout', '1m'], cwd)
    const waiting = `SELECT FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database
      WHERE datname = current_database())`
    await waitUntil(async () => {
      if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode} before it waited.`)
      return (await database.query(waiting)).rowCount !== 0
    }, 'an apply that waits for a lock')
    child.kill(signal)
    const [ended, text] = await Promise.all([waitForEnd(child), readAll(child.stderr)])
    t.is(ended, code)
    t.is(text, 'interrupted\n')
    await other.query('ROLLBACK')
    // The server learns of the end only when it has the lock.
    const left = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'stalemate apply'`
    await waitUntil(async () => (await database.query(left)).rowCount === 0, 'the end of the session')
    const { rows } = await database.query(`SELECT FROM pg_trigger WHERE tgname LIKE 'stalemate%'`)
    t.deepEqual(rows, [])
  },
  title: (_title, signal) => `${signal} ends an apply that waits for a lock, and nothing is installed`,
})

test(interruption, 'SIGINT', 130)
test(interruption, 'SIGTERM', 143)
