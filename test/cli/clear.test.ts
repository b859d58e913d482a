import test, { type ExecutionContext } from 'ava'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createStalemate } from '../../src/engine.ts'
import type { Manifest } from '../../src/manifest/manifest.ts'
import { createDatabase } from '../helpers/database.ts'
import { makeFolder, runCommand } from '../helpers/io.ts'
import { readFile } from 'node:fs/promises'

const RULES = `version: 1
name: shop
caches:
  basket: { key: 'basket:{user_id}', params: { user_id: text } }
  total: { key: total }
tables:
  items: [{ invalidate: basket }, { invalidate: total }]
`

async function prepare(t: ExecutionContext, { apply = true } = {}) {
  const cwd = await makeFolder(t)
  await mkdir(join(cwd, 'rules'))
  await writeFile(join(cwd, 'rules', 'shop.yaml'), RULES)
  const database = await createDatabase(t, { sql: 'CREATE TABLE items (user_id text)' })
  const env = { DATABASE_URL: database.connectionString }
  const run = async (...argv: string[]) => await runCommand(argv, { cwd, env })
  for (const command of apply ? ['compile', 'apply'] : ['compile']) {
    const { code, stderr } = await run(command)
    t.is(code, 0, stderr)
  }
  const ask = async (...argv: string[]): Promise<string> => {
    const { stdout, code, stderr } = await run('clear', '--json', ...argv)
    t.is(code, 0, stderr)
    return (JSON.parse(stdout) as { token: string }).token
  }
  const epochs = async () =>
    (await database.query('SELECT cache, epoch, reason FROM stalemate.epochs ORDER BY cache')).rows
  return { cwd, database, run, ask, epochs }
}

test('clear asks first, and is done once with the token, also when nothing runs', async (t) => {
  const { run, epochs } = await prepare(t)
  const asked = await run('clear', '--reason', 'a wrong import')
  t.is(asked.code, 0, asked.stderr)
  t.regex(asked.stdout, /^asked {2}to give up all caches of shop, in every process that uses database/)
  t.deepEqual(await epochs(), [])
  const token = /--confirm (\S+)\n$/.exec(asked.stdout)?.[1] ?? ''
  const done = await run('clear', '--confirm', token)
  t.is(done.code, 0, done.stderr)
  t.regex(done.stdout, /^cleared {2}all caches of shop: epoch 1 in database/)
  t.deepEqual(await epochs(), [{ cache: '', epoch: '1', reason: 'a wrong import' }])
  const again = await run('clear', '--confirm', token)
  t.is(again.code, 1)
  t.regex(again.stderr, /confirms nothing/)
  t.deepEqual(await epochs(), [{ cache: '', epoch: '1', reason: 'a wrong import' }])
})

test('a running process gives up the cache that was named, and only that', async (t) => {
  const { cwd, database, run, ask } = await prepare(t)
  const manifest = JSON.parse(await readFile(join(cwd, 'generated/manifest.json'), 'utf8')) as Manifest
  const app = await createStalemate({
    manifest,
    connection: { connectionString: database.connectionString },
    loaders: { basket: () => 1, total: () => 2 },
  })
  t.teardown(() => app.close())
  await app.ready
  const basket = { user_id: 'a' }
  await app.caches['basket']?.get(basket)
  await app.caches['total']?.get({})
  const token = await ask('--cache', 'basket', '--reason', 'why')
  t.is(app.caches['basket']?.peek(basket), 1)
  t.is((await run('clear', '--confirm', token)).code, 0)
  await app.sync()
  t.is(app.caches['basket']?.peek(basket), undefined)
  t.is(app.caches['total']?.peek({}), 2)
  t.like(app.caches['basket']?.inspect(basket), { previous: { by: { cause: 'clear' } } })
})

test('a token that was changed, is older than a minute, or was overtaken by another clear confirms nothing', async (t) => {
  const { run, ask, epochs } = await prepare(t)
  const [first, second] = [await ask('--reason', 'one'), await ask('--reason', 'two')]
  t.is((await run('clear', '--confirm', second)).code, 0)
  const [text = '', digest = ''] = first.split('.')
  const ticket = JSON.parse(Buffer.from(text, 'base64url').toString()) as { at: number }
  const older = Buffer.from(JSON.stringify({ ...ticket, epoch: 1 })).toString('base64url')
  for (const token of [first, `${older}.${digest}`, text, '', '..', 'x.y']) {
    const { code, stderr } = await run('clear', '--confirm', token)
    t.is(code, 1, token)
    t.regex(stderr, /confirms nothing/)
  }
  t.deepEqual(await epochs(), [{ cache: '', epoch: '1', reason: 'two' }])
})

test('clear is refused without a reason, for what is no cache, and where nothing is installed', async (t) => {
  const { run } = await prepare(t, { apply: false })
  for (const [argv, code, message] of [
    [[], 2, /takes two steps/],
    [['--reason', 'x', '--confirm', 'y'], 2, /takes two steps/],
    [['--reason', ' '], 1, /needs a reason/],
    [['--cache', 'bassket', '--reason', 'x'], 1, /There is no cache "bassket"/],
  ] as const) {
    const found = await run('clear', ...argv)
    t.is(found.code, code, argv.join(' '))
    t.regex(found.stderr, message)
  }
  const asked = await run('clear', '--json', '--reason', 'x')
  const { token } = JSON.parse(asked.stdout) as { token: string }
  const found = await run('clear', '--confirm', token)
  t.is(found.code, 1)
  t.regex(found.stderr, /has no epochs to raise/)
  t.regex(found.stderr, /stalemate apply/)
})
