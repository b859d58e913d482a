import test, { type ExecutionContext } from 'ava'
import { run } from '../../src/cli/run.ts'
import { FEED_NAMES } from '../../src/rules/defaults.ts'
import { runCommand } from '../helpers/io.ts'
import { createDeferred } from '../helpers/deferred.ts'
import { createWarmShop, type WarmShop } from '../helpers/warming.ts'

const SETS = `
all:
  cache: item
  params: SELECT tenant, id FROM items ORDER BY score DESC
  on: [demand]
`

const envOf = ({ database }: WarmShop): { readonly DATABASE_URL: string } => ({
  DATABASE_URL: database.connectionString,
})

const shows = test.macro({
  title: (_, feed: (typeof FEED_NAMES)[number]) => `two instances load a set and tell of it, over ${feed}`,
  async exec(t: ExecutionContext, feed: (typeof FEED_NAMES)[number]) {
    const shop = await createWarmShop(t, SETS, feed)
    const apps = [await shop.start(), await shop.start()]
    await apps[0]?.caches.item.get({ tenant: 't1', id: 1 })
    const { code, stdout, stderr } = await runCommand(['warm', 'all', '--json'], {
      cwd: shop.cwd,
      env: envOf(shop),
      terminal: true,
    })
    t.is(code, 0, stderr)
    t.is(stderr, '', 'no bar beside lines for machines')
    const lines = stdout.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>) // prettier-ignore
    const last = lines.pop()
    t.like(last, { command: 'warm', ok: true, set: 'all', instances: 2, loaded: 59, skipped: 1, failed: 0 })
    t.is(new Set(lines.map(({ instance }) => instance)).size, 2)
    t.is(lines.filter(({ state }) => state === 'begun').length, 2)
    t.is(lines.filter(({ state, ends }) => state === 'over' && (ends as { complete?: number }).complete === 1).length, 2) // prettier-ignore
    t.true(lines.filter(({ state }) => state === 'over').every(({ total }) => total === 30))
    for (const app of apps) t.is(app.caches.item.peek({ tenant: 't1', id: 28 }), 't1 28')
  },
})
for (const feed of FEED_NAMES) test(shows, feed)

test('on a terminal there is a bar, elsewhere none, and a line for each instance at the end', async (t) => {
  const shop = await createWarmShop(t, SETS)
  const app = await shop.start()
  const shown = await runCommand(['warm', '--params', 'tenant=t2'], { cwd: shop.cwd, env: envOf(shop), terminal: true }) // prettier-ignore
  t.is(shown.code, 0, shown.stderr)
  t.regex(shown.stderr, /\[#+-*\] +\d+ % {2}\d+ loaded {2}0 skipped {2}0 failed {2}\d+\/s/)
  t.regex(shown.stdout, /10 loaded {2}0 skipped {2}0 failed/)
  t.is(app.caches.item.peek({ tenant: 't2', id: 2 }), 't2 2')
  t.is(app.caches.item.peek({ tenant: 't1', id: 1 }), undefined)
  const quiet = await runCommand(['warm', 'all'], { cwd: shop.cwd, env: envOf(shop) })
  t.is(quiet.code, 0)
  t.is(quiet.stderr, '')
  t.regex(quiet.stdout, /20 loaded {2}10 skipped {2}0 failed .* complete\n$/)
})

test('Ctrl-C calls it off in all instances, and tells what was loaded', async (t) => {
  const shop = await createWarmShop(t, SETS)
  const stop = new AbortController()
  const held = createDeferred<string>()
  const started = createDeferred<void>()
  let loads = 0
  const app = await shop.start({
    loaders: {
      item: async () => {
        loads += 1
        if (loads <= 5) return 'warm'
        started.resolve()
        return await held.promise
      },
    },
  })
  const text = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof text) => ({ write: (more: string) => void (text[name] += more) })
  const ended = run(['warm'], { stdout: stream('stdout'), stderr: stream('stderr'), env: envOf(shop), cwd: shop.cwd, signal: stop.signal }) // prettier-ignore
  t.is(await Promise.race([started.promise, ended]), undefined, text.stderr)
  stop.abort('SIGINT')
  t.is(await ended, 130)
  t.regex(text.stdout, /5 loaded .* stopped\ncalled off: what was loaded stays\n$/)
  held.resolve('late')
  t.like(
    app.operations().find(({ kind }) => kind === 'warm'),
    { state: 'cancelled', set: 'all' },
  )
})

test('when no instance answers, that is told, and the exit code is 1', async (t) => {
  const shop = await createWarmShop(t, SETS)
  const { code, stderr, stdout } = await runCommand(['warm', '--wait', '200ms'], { cwd: shop.cwd, env: envOf(shop) }) // prettier-ignore
  t.is(code, 1)
  t.is(stdout, '')
  t.regex(stderr, /error no-instance: No running instance of shop answered within 0\.2 s\.\nhint: /)
})

test('what fails in an instance is the exit code 1, with the reason', async (t) => {
  const shop = await createWarmShop(t, `${SETS}broken: { cache: item, params: 'SELECT tenant, id FROM items WHERE id / 0 > 1', on: [demand] }`) // prettier-ignore
  await shop.start()
  const { code, stdout } = await runCommand(['warm', 'broken'], { cwd: shop.cwd, env: envOf(shop) })
  t.is(code, 1)
  t.regex(stdout, /0 loaded .* failed: division by zero\n$/)
})

test('a set, a param or a value that is wrong is told before anybody is asked', async (t) => {
  const { cwd, database } = await createWarmShop(t, SETS)
  const env = { DATABASE_URL: database.connectionString }
  for (const [argv, message] of [
    [['warm', 'al'], /There is no warming set "al"\.\nhint: Did you mean all\?/],
    [
      ['warm', '--params', 'tenent=t1'],
      /No warming set has the params tenent\.\nhint: Did you mean tenant\?/,
    ],
    [['warm', '--params', 'tenant'], /Expected --params name=value, got "tenant"/],
    [['warm', '--params', 'id=x'], /Expected a whole number of 32 bits for id, got "x"/],
  ] as const) {
    const { code, stderr } = await runCommand(argv, { cwd, env })
    t.is(code, 2)
    t.regex(stderr, message)
  }
})
