import test from 'ava'
import { triggerBody } from '../../../src/emit/trigger/trigger-body.ts'
import { install } from '../../helpers/installation.ts'
import { makePlan } from '../../helpers/plans.ts'
import { VERSIONS } from '../../helpers/versions.ts'
import { caches, rule, type Rule, TABLE, UUID, via } from './calls.ts'

/** Three caches by one column, of which each reads another column; and two by a pair of them. */
const sameKey = makePlan(
  caches,
  [
    { cache: 'board', params: { user_id: 'user_id' }, columns: ['status'] },
    { cache: 'list', params: { owner: 'user_id' }, columns: ['note'] },
    { cache: 'pair', params: { user_id: 'user_id' }, columns: 'all' as const },
    { cache: 'agent', params: { agent_id: 'agent_id' }, columns: ['status'] },
    { cache: 'profile', params: { of: 'agent_id' }, columns: ['note'], when: 'n > 0', reads: ['n'] },
    { cache: 'team', params: { team_id: 'agents.team_id' }, via, columns: ['status'] },
    { cache: 'crew', params: { team: 'agents.team_id' }, via, columns: ['note'] },
    { cache: 'twin', params: { owner: 'user_id', page: 'n' }, columns: ['note'] },
    { cache: 'all', params: {}, columns: ['note'] },
  ].map(rule),
  { maxKeys: 50 },
)

for (const version of VERSIONS) {
  test(`caches by the same column that read different columns share its keys, and each is told its own: PostgreSQL ${version}`, async (t) => {
    const { sentBy } = await install(t, sameKey, TABLE, version)
    const path = (cache: string): string =>
      sameKey.tables.flatMap(({ watches }) => watches.find((watch) => watch.cache === cache)?.path ?? [])[0]
        ?.id ?? ''
    const about = (lines: (user: string, agent: string) => readonly string[], count: number) =>
      ['a', 'b'].slice(0, count).flatMap((user, index) => lines(user, `${UUID}${index + 1}`))
    const body = triggerBody(
      sameKey,
      sameKey.tables.find(({ table }) => table.name === 'calls') ?? t.fail(),
      'update',
    )
    t.is(body.split('bool_or(told_1)').length - 1, 3)
    for (const count of [1, 2]) {
      const rows = about((user, agent) => [`('${user}', '${agent}', 1, 'x', 'x')`], count)
      await sentBy(`INSERT INTO calls VALUES ${rows.join(', ')}`)
      const status = (user: string, agent: string) => [
        `update agent agent_id=${agent}`,
        `update board user_id=${user}`,
        `update pair user_id=${user}`,
        `update team @${path('team')} ${agent}`,
      ]
      const note = (user: string, agent: string) => [
        `update crew @${path('crew')} ${agent}`,
        `update list owner=${user}`,
        `update pair user_id=${user}`,
        `update profile of=${agent}`,
        `update twin owner=${user},page=1`,
      ]
      const all = ['update all! unbound']
      t.deepEqual(await sentBy(`UPDATE calls SET status = 'y'`), about(status, count).sort())
      t.deepEqual(await sentBy(`UPDATE calls SET note = 'y'`), [...all, ...about(note, count)].sort())
      t.deepEqual(
        await sentBy(`UPDATE calls SET status = 'z', note = 'z'`),
        [...new Set([...all, ...about(status, count), ...about(note, count)])].sort(),
      )
      t.deepEqual(await sentBy(`UPDATE calls SET status = 'z'`), [])
      t.deepEqual(
        await sentBy(`UPDATE calls SET user_id = user_id || 'm'`),
        about(
          (user) =>
            [user, `${user}m`].flatMap((key) => [
              `update board user_id=${key}`,
              `update list owner=${key}`,
              `update pair user_id=${key}`,
              `update twin owner=${key},page=1`,
            ]),
          count,
        ).sort(),
      )
      await sentBy('TRUNCATE calls')
    }
  })
}

test('of many rows each of the caches that share keys has its own, its own too many, and its own sample', async (t) => {
  const plan = makePlan(
    caches,
    [
      rule({ cache: 'board', params: { user_id: 'user_id' }, columns: ['status'] }),
      rule({ cache: 'list', params: { owner: 'user_id' }, columns: ['note'] }),
    ],
    { maxKeys: 50 },
  )
  const { sentBy } = await install(t, plan, TABLE)
  const written = async (user: string, set: string): Promise<readonly string[]> => {
    await sentBy(
      `TRUNCATE calls; INSERT INTO calls SELECT ${user}, NULL, i, 'x', 'x' FROM generate_series(1, 400) AS i`,
    )
    return await sentBy(`UPDATE calls SET ${set}`)
  }
  const set = (column: string, where: string): string =>
    `${column} = CASE WHEN ${where} THEN 'y' ELSE ${column} END`
  const few = Array.from({ length: 9 }, (_, at) => `update board user_id=u${at + 1}`)
  t.deepEqual(
    await written(`'u' || i`, `${set('status', 'n < 10')}, note = 'y'`),
    [...few, 'update list! max-keys'].sort(),
  )
  t.deepEqual(await written(`'u' || i`, `status = 'y', note = 'y'`), [
    'update board! max-keys',
    'update list! max-keys',
  ])
  t.deepEqual(await written(`'u' || i`, set('note', 'n = 399')), ['update list owner=u399'])
  // The first rows say of one cache all that all rows say, and of the other nothing.
  t.deepEqual(await written(`'a'`, `status = 'y', ${set('note', 'n = 400')}`), [
    'update board user_id=a',
    'update list owner=a',
  ])
  t.deepEqual(
    await written(`CASE WHEN i > 300 THEN 'b' ELSE 'a' END`, `status = 'y', ${set('note', 'n = 399')}`),
    ['update board user_id=a', 'update board user_id=b', 'update list owner=b'],
  )
  t.deepEqual(await written('NULL', `status = 'y', note = 'y'`), [])
})

test('a swallowed row tells all caches that share its key', async (t) => {
  const { sentBy } = await install(
    t,
    sameKey,
    `CREATE TABLE calls (user_id text, agent_id uuid, n int, status text, note text) PARTITION BY LIST (n);
     CREATE TABLE calls_1 PARTITION OF calls FOR VALUES IN (1);
     CREATE TABLE calls_2 PARTITION OF calls FOR VALUES IN (2);
     CREATE TABLE agents (id uuid, team_id int);
     CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN NEW.user_id <> 'a' THEN NEW END; END $$;
     CREATE TRIGGER swallow BEFORE INSERT ON calls_2 FOR EACH ROW EXECUTE FUNCTION swallow();`,
  )
  await sentBy(`INSERT INTO calls VALUES ('a', NULL, 1, 'x', 'x'), ('b', NULL, 1, 'x', 'x')`)
  const of = (user: string, ...pages: readonly number[]) => [
    `update board user_id=${user}`,
    `update list owner=${user}`,
    `update pair user_id=${user}`,
    ...pages.map((page) => `update twin owner=${user},page=${page}`),
  ]
  t.deepEqual(
    await sentBy('UPDATE calls SET n = 2'),
    ['update all! unbound', ...of('a', 1), ...of('b', 1, 2)].sort(),
  )
})

test('a condition that raises leaves caches exact that share the key and have none', async (t) => {
  const plan = makePlan(caches, [
    rule({ cache: 'board', params: { user_id: 'user_id' }, when: '1 / n > 0', reads: ['n'] }),
    rule({ cache: 'list', params: { owner: 'user_id' } }),
    rule({ cache: 'pair', params: { user_id: 'user_id' }, columns: ['note'] }),
  ])
  const { sentBy } = await install(t, plan, TABLE)
  for (const users of [['a'], ['a', 'b']]) {
    await sentBy(`INSERT INTO calls VALUES ${users.map((user) => `('${user}', NULL, 0, 'x')`).join(', ')}`)
    const about = ['update board! error', ...users.map((user) => `update list owner=${user}`)]
    t.deepEqual(await sentBy(`UPDATE calls SET status = 'y'`), about)
    // It held, or not, before.
    t.deepEqual(await sentBy('UPDATE calls SET n = 1'), about)
    t.deepEqual(
      await sentBy(`UPDATE calls SET note = 'y'`),
      users.map((user) => `update pair user_id=${user}`),
    )
    await sentBy('DELETE FROM calls')
  }
})

test('what says most is compared in the order in which the caches are told', (t) => {
  const plan = makePlan(caches, [
    rule({ cache: 'board', params: { user_id: 'user_id' }, columns: ['status'] }),
    rule({ cache: 'leaf', params: { number: 'n' }, columns: ['status'] }),
    rule({ cache: 'list', params: { owner: 'user_id' }, columns: ['note'] }),
  ])
  const body = triggerBody(plan, plan.tables[0] ?? t.fail(), 'update')
  const orders = [
    [...body.matchAll(/^ *EXIT WHEN .* = '(.*)';$/gm)].map(([, targets]) => targets),
    [...body.matchAll(/> 1000 THEN '(.*)'$/gm)].map(([, targets]) => targets),
  ]
  const told = ['["board","max-keys"]', '["list","max-keys"]', '["leaf","max-keys"]']
  t.deepEqual(orders, [[told.join(',')], [...told, `${told[0]},${told[1]}`, told[2]]])
})

test('a collation that takes different texts for equal takes no key for another', async (t) => {
  const plan = makePlan(caches, [
    rule({ cache: 'board', params: { user_id: 'user_id' }, columns: ['status'] }),
    rule({ cache: 'pair', params: { user_id: 'user_id' }, columns: ['status'] }),
    rule({ cache: 'list', params: { owner: 'user_id' }, columns: ['note'] }),
  ])
  const { sentBy } = await install(
    t,
    plan,
    `CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
     CREATE TABLE calls (id int, user_id text COLLATE ci, status text COLLATE ci, note text COLLATE ci)`,
  )
  for (const ids of [[1], [1, 2]]) {
    const values = ids.map((id) => `(${id}, 'a', 'x', 'x')`).join(', ')
    await sentBy(`INSERT INTO calls VALUES ${values}`)
    const board = ['update board user_id=A', 'update board user_id=a']
    const list = ['update list owner=A', 'update list owner=a']
    const pair = ['update pair user_id=A', 'update pair user_id=a']
    t.deepEqual(await sentBy(`UPDATE calls SET user_id = 'A'`), [...board, ...list, ...pair])
    t.deepEqual(await sentBy(`UPDATE calls SET status = 'X'`), [
      'update board user_id=A',
      'update pair user_id=A',
    ])
    t.deepEqual(await sentBy(`UPDATE calls SET note = 'X'`), ['update list owner=A'])
    await sentBy('DELETE FROM calls')
  }
})

test('columns are compared once for all caches, whose lists of them may be made of one another', (t) => {
  const listed = [
    { cache: 'board', params: { user_id: 'user_id' }, columns: ['status', 'n'] },
    { cache: 'list', params: { owner: 'user_id' }, columns: ['status'] },
    { cache: 'pair', params: { user_id: 'user_id' }, columns: ['n'] },
  ]
  const compared = (rules: readonly Rule[]): readonly number[] => {
    const plan = makePlan(caches, rules.map(rule))
    const body = triggerBody(plan, plan.tables[0] ?? t.fail(), 'update')
    return body.split('FULL JOIN').map((part) => part.split('*<>').length - 1)
  }
  // Of one row and in the pairs, and by what pairs are kept.
  t.deepEqual(compared(listed), [2 + 2, 1])
  t.deepEqual(
    compared([...listed, { cache: 'twin', params: { owner: 'user_id' }, columns: ['note', 'n'] }]),
    [3 + 3, 1],
  )
  // Where nothing is compared twice, nothing is noted.
  t.deepEqual(compared(listed.slice(1)), [2 + 2, 1])
  t.deepEqual(compared(listed.slice(1, 2)), [1, 1])
  const when = (sql: string) => ({ when: sql, reads: ['n'] })
  t.deepEqual(
    compared([
      { cache: 'board', params: { user_id: 'user_id' }, ...when('n > 0') },
      { cache: 'list', params: { owner: 'user_id' }, ...when('n > 1') },
    ]),
    [1 + 1, 2],
  )
})
