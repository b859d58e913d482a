import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { PageState } from '../../src/dashboard/state.ts'
import { run } from '../../src/cli/run.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { makeFolder, runCommand } from '../helpers/io.ts'
import { ROOT } from '../helpers/root.ts'

/** The statements that make the tables of the example. */
import { CREATE_TABLES } from '../../src/demo/schema.ts'
import { waitFor } from '../helpers/wait.ts'

async function makeProject(t: ExecutionContext): Promise<{ cwd: string; database: TestDatabase }> {
  const cwd = await makeFolder(t)
  for (const folder of ['rules', 'generated'])
    await cp(join(ROOT, folder), join(cwd, folder), { recursive: true })
  return { cwd, database: await createDatabase(t, { sql: CREATE_TABLES }) }
}

/** For a command that should have gone on. */
function fail(code: number): never {
  throw new Error(`It ended with ${code}.`)
}

test('it serves what the database knows until it is ended', async (t) => {
  const { cwd, database } = await makeProject(t)
  const env = { DATABASE_URL: database.connectionString }
  t.is((await runCommand(['apply'], { cwd, env })).code, 0)
  const end = new AbortController()
  let told: (url: string) => void = () => {}
  const url = new Promise<string>((resolve) => {
    told = resolve
  })
  const stdout = {
    write: (text: string) => {
      t.log(text)
      told((JSON.parse(text) as { url: string }).url)
    },
  }
  const ended = run(['dashboard', '--port', '0', '--json'], {
    stdout,
    stderr: { write: (text: string) => t.log(text) },
    env,
    cwd,
    signal: end.signal,
  })
  const address = await Promise.race([waitFor(url, 'the address'), ended.then(fail)])
  const state = (await (await fetch(`${address}api/state`)).json()) as PageState
  t.is(state.ruleset, 'callcentre')
  t.true(state.databaseOnly)
  t.true(state.explains)
  t.false(state.acts)
  end.abort('SIGINT')
  t.is(await waitFor(ended, 'the end of the command'), 0)
  await t.throwsAsync(fetch(`${address}api/state`))
})

test('a folder without a manifest, and a port that is no port, are told', async (t) => {
  const cwd = await makeFolder(t)
  const env = { DATABASE_URL: 'postgres://localhost/app' }
  const missing = await runCommand(['dashboard'], { cwd, env })
  t.not(missing.code, 0)
  t.regex(missing.stderr, /generated\/manifest\.json cannot be read/)
  t.regex(missing.stderr, /stalemate compile/)
  const wrong = await runCommand(['dashboard', '--port', 'http'], { cwd, env })
  t.is(wrong.code, 2)
  t.regex(wrong.stderr, /--port/)
})
