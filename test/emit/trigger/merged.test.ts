import test from 'ava'
import { triggerBody } from '../../../src/emit/trigger/trigger-body.ts'
import type { Plan } from '../../../src/plan/plan.ts'
import type { Operation } from '../../../src/wire/change.ts'
import { createDatabase } from '../../helpers/database.ts'
import { describe, install, migrationSql } from '../../helpers/installation.ts'
import { makePlan } from '../../helpers/plans.ts'
import { VERSIONS } from '../../helpers/versions.ts'
import { caches, rule, type Rule, TABLE, UUID, via } from './calls.ts'

/** Two caches by each kind of key, whose params are called otherwise. */
const everyKind = makePlan(
  caches,
  [
    { cache: 'board', params: { user_id: 'user_id' } },
    { cache: 'list', params: { owner: 'user_id' } },
    { cache: 'agent', params: { agent_id: 'agent_id' } },
    { cache: 'profile', params: { of: 'agent_id' } },
    { cache: 'page', params: { n: 'n' } },
    { cache: 'leaf', params: { number: 'n' } },
    { cache: 'pair', params: { user_id: 'user_id', n: 'n' } },
    { cache: 'twin', params: { owner: 'user_id', page: 'n' } },
    { cache: 'team', params: { team_id: 'agents.team_id' }, via },
    { cache: 'crew', params: { team: 'agents.team_id' }, via },
    { cache: 'all', params: {} },
    { cache: 'whole', params: {} },
  ].map(rule),
)

type Row = { readonly user: string; readonly agent: string; readonly n: number }

/** What is said of rows, in the order that tests compare. */
function told(plan: Plan, operation: Operation, rows: readonly Row[]): readonly string[] {
  const watches = plan.tables.find(({ table }) => table.name === 'calls')?.watches ?? []
  const path = (cache: string): string => watches.find((watch) => watch.cache === cache)?.path?.id ?? ''
  const about = rows.flatMap(({ user, agent, n }) => [
    `board user_id=${user}`,
    `list owner=${user}`,
    `agent agent_id=${agent}`,
    `profile of=${agent}`,
    `page n=${n}`,
    `leaf number=${n}`,
    `pair user_id=${user},n=${n}`,
    `twin owner=${user},page=${n}`,
    `team @${path('team')} ${agent}`,
    `crew @${path('crew')} ${agent}`,
  ])
  const whole = rows.length === 0 ? [] : ['all! unbound', 'whole! unbound']
  return [...new Set([...about, ...whole])].map((text) => `${operation} ${text}`).sort()
}

const ROWS: readonly Row[] = [
  { user: 'a"\\é', agent: `${UUID}1`, n: 1 },
  { user: 'b', agent: `${UUID}2`, n: 2 },
  { user: 'c', agent: `${UUID}3`, n: 3 },
]
const valuesOf = (rows: readonly Row[]): string =>
  rows.map(({ user, agent, n }) => `('${user}', '${agent}', ${n}, 'x')`).join(', ')

for (const version of VERSIONS) {
  test(`caches by the same columns are told the same keys, whatever their params are called: PostgreSQL ${version}`, async (t) => {
    const { sentBy } = await install(t, everyKind, TABLE, version)
    for (const rows of [ROWS.slice(0, 1), ROWS]) {
      t.deepEqual(await sentBy(`INSERT INTO calls VALUES ${valuesOf(rows)}`), told(everyKind, 'insert', rows))
      t.deepEqual(await sentBy(`UPDATE calls SET status = 'y'`), told(everyKind, 'update', rows))
      t.deepEqual(await sentBy(`UPDATE calls SET note = 'y'`), [])
      const moved = rows.map(({ user, agent, n }) => ({ user: `${user}m`, agent, n: n + 10 }))
      t.deepEqual(
        await sentBy(`UPDATE calls SET user_id = user_id || 'm', n = n + 10`),
        told(everyKind, 'update', [...rows, ...moved]),
      )
      t.deepEqual(await sentBy('DELETE FROM calls'), told(everyKind, 'delete', moved))
      t.deepEqual(await sentBy('DELETE FROM calls'), [])
    }
  })
}

test('a row without a key tells none of the caches', async (t) => {
  const { sentBy } = await install(t, everyKind, TABLE)
  const whole = (operation: string) => [`${operation} all! unbound`, `${operation} whole! unbound`]
  for (const rows of [1, 2]) {
    const values = Array.from({ length: rows }, () => '(NULL, NULL, NULL)').join(', ')
    t.deepEqual(await sentBy(`INSERT INTO calls VALUES ${values}`), whole('insert'))
    t.deepEqual(await sentBy(`UPDATE calls SET status = 'y'`), whole('update'))
    const keyed = [...whole('update'), 'update board user_id=a', 'update list owner=a'].sort()
    t.deepEqual(await sentBy(`UPDATE calls SET user_id = 'a'`), keyed)
    t.deepEqual(await sentBy(`UPDATE calls SET user_id = NULL`), keyed)
    t.deepEqual(await sentBy('DELETE FROM calls'), whole('delete'))
  }
})

test('a message of merged caches is what it was: a target for each', async (t) => {
  const rules = [
    rule({ cache: 'board', params: { user_id: 'user_id' } }),
    rule({ cache: 'list', params: { owner: 'user_id' } }),
  ]
  const work = [
    `INSERT INTO calls VALUES ('a')`,
    `UPDATE calls SET user_id = 'b'`,
    `INSERT INTO calls VALUES ('c'), ('d')`,
  ]
  const expected = [
    '{"v":1,"t":"calls","o":"insert","d":[["board",["user_id"],["a"]],["list",["owner"],["a"]]]}',
    '{"v":1,"t":"calls","o":"update","d":[["board",["user_id"],["a","b"]],["list",["owner"],["a","b"]]]}',
    '{"v":1,"t":"calls","o":"insert","d":[["board",["user_id"],["c","d"]],["list",["owner"],["c","d"]]]}',
  ]
  const { payloadsOf } = await install(t, makePlan(caches, rules), TABLE)
  const heard: string[] = []
  for (const statement of work) heard.push(...(await payloadsOf(statement)))
  t.deepEqual(heard, expected)
  const database = await createDatabase(t, { sql: TABLE })
  await database.query(migrationSql(makePlan(caches, rules, { feed: 'outbox' })).up)
  for (const statement of work) await database.query(statement)
  const { rows } = await database.query<{ message: string }>('TABLE stalemate.outbox_0')
  t.deepEqual(
    rows.map(({ message }) => message),
    expected,
  )
})

/** How often keys of many rows are looked for by the query of an operation. */
function countSearches(plan: Plan, operation: Operation): number {
  const table = plan.tables.find(({ table: { name } }) => name === 'calls')
  const body = table === undefined ? '' : triggerBody(plan, table, operation)
  const [before = ''] = body.split('INTO stalemate_targets')
  return before.split('WITH found AS').length - 1
}

const pair = (first: Partial<Rule>, second: Partial<Rule>): Plan =>
  makePlan(caches, [
    rule({ cache: 'board', params: { user_id: 'user_id' }, ...first }),
    rule({ cache: 'list', params: { owner: 'user_id' }, ...second }),
  ])

test('keys are looked for once for each way to find them', (t) => {
  for (const operation of ['insert', 'update', 'delete'] as const)
    t.is(countSearches(everyKind, operation), 5)
  const positive = { when: 'n > 0', reads: ['n'] }
  const count = (first: Partial<Rule>, second: Partial<Rule>) =>
    (['insert', 'update'] as const).map((operation) => countSearches(pair(first, second), operation))
  t.deepEqual(count({}, {}), [1, 1])
  t.deepEqual(count(positive, positive), [1, 1])
  // A list of columns says nothing about an insert.
  t.deepEqual(count({}, { columns: ['note'] }), [1, 2])
  t.deepEqual(count({}, positive), [2, 2])
  t.deepEqual(count(positive, { ...positive, when: 'n > 1' }), [2, 2])
  t.deepEqual(count({}, { maxKeys: 7 }), [2, 2])
  t.deepEqual(count({}, { params: { owner: 'note' } }), [2, 2])
})

test('a watch is not asked where another says it all', (t) => {
  const body = (rules: readonly Rule[], operation: Operation = 'update'): string => {
    const plan = makePlan(caches, rules.map(rule))
    return triggerBody(plan, plan.tables[0] ?? t.fail(), operation)
  }
  const board = { cache: 'board', params: { user_id: 'user_id' } }
  const every = { ...board, columns: 'all' as const }
  t.is(body([every, board]), body([every]))
  t.is(
    body([
      { ...board, columns: ['status'] },
      { ...board, columns: ['note', 'status'] },
    ]),
    body([{ ...board, columns: ['note', 'status'] }]),
  )
  t.not(body([board, { ...board, columns: ['note'] }]), body([board]))
  const when = { when: 'n > 0', reads: ['n'] }
  t.is(body([board, { ...board, ...when }], 'insert'), body([board], 'insert'))
  // The columns of its condition are its own.
  const status = { ...board, columns: ['status'] }
  t.not(body([status, { ...status, ...when }]), body([status]))
  t.not(body([{ ...every, ...when }, board]), body([{ ...every, ...when }]))
})

test('a cache with fewer keys allowed is wrong as a whole where the others are told exactly', async (t) => {
  const plan = makePlan(caches, [
    rule({ cache: 'board', params: { user_id: 'user_id' }, maxKeys: 2 }),
    rule({ cache: 'list', params: { owner: 'user_id' }, maxKeys: 3 }),
    rule({ cache: 'pair', params: { user_id: 'user_id' }, maxKeys: 2 }),
    rule({ cache: 'twin', params: { owner: 'user_id' }, maxKeys: 3 }),
  ])
  const { sentBy } = await install(t, plan, TABLE)
  const exact = (operation: string, cache: string, param: string, users: readonly string[]) =>
    users.map((user) => `${operation} ${cache} ${param}=${user}`)
  for (const [size, few, many] of [
    [2, true, true],
    [3, false, true],
    [4, false, false],
    [400, false, false],
  ] as const) {
    const users = Array.from({ length: size }, (_, at) => `u${at}`)
    const about = (operation: string): readonly string[] =>
      [
        ...(few ? exact(operation, 'board', 'user_id', users) : [`${operation} board! max-keys`]),
        ...(many ? exact(operation, 'list', 'owner', users) : [`${operation} list! max-keys`]),
        ...(few ? exact(operation, 'pair', 'user_id', users) : [`${operation} pair! max-keys`]),
        ...(many ? exact(operation, 'twin', 'owner', users) : [`${operation} twin! max-keys`]),
      ].sort()
    t.deepEqual(
      await sentBy(
        `INSERT INTO calls SELECT 'u' || i, NULL, 0, 'x' FROM generate_series(0, ${size - 1}) AS i`,
      ),
      about('insert'),
    )
    t.deepEqual(await sentBy(`UPDATE calls SET status = 'y'`), about('update'))
    t.deepEqual(await sentBy(`UPDATE calls SET note = 'y'`), [])
    t.deepEqual(await sentBy('DELETE FROM calls'), about('delete'))
  }
})

test('samples speak for all merged caches only where they say all', async (t) => {
  const plan = makePlan(
    caches,
    [
      rule({ cache: 'board', params: { user_id: 'user_id' } }),
      rule({ cache: 'list', params: { owner: 'user_id' } }),
      rule({ cache: 'all', params: {} }),
      rule({ cache: 'page', params: { n: 'n' }, columns: ['note'] }),
      rule({ cache: 'leaf', params: { number: 'n' }, columns: ['note'] }),
      rule({ cache: 'whole', params: {} }),
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
  const whole = ['update all! unbound', 'update whole! unbound']
  const users = (...names: readonly string[]) =>
    [
      ...whole,
      ...names.flatMap((name) => [`update board user_id=${name}`, `update list owner=${name}`]),
    ].sort()
  t.deepEqual(await written(`'a'`, `status = 'y'`), users('a'))
  t.deepEqual(await written(`CASE WHEN i > 300 THEN 'b' ELSE 'a' END`, `status = 'y'`), users('a', 'b'))
  t.deepEqual(await written(`'a'`, `user_id = CASE WHEN n = 399 THEN 'b' ELSE 'a' END`), users('a', 'b'))
  t.deepEqual(
    await written(`'u' || i`, `status = 'y'`),
    [...whole, 'update board! max-keys', 'update list! max-keys'].sort(),
  )
  t.deepEqual(
    await written(`'u' || i`, `status = 'y', note = 'y'`),
    [
      ...whole,
      'update board! max-keys',
      'update leaf! max-keys',
      'update list! max-keys',
      'update page! max-keys',
    ].sort(),
  )
  t.deepEqual(await written(`'a'`, `note = CASE WHEN n = 400 THEN 'y' ELSE note END`), [
    'update leaf number=400',
    'update page n=400',
  ])
})

test('a condition that raises makes wrong the caches that have it, and tells the others exactly', async (t) => {
  const when = { when: '1 / n > 0', reads: ['n'] }
  const plan = makePlan(caches, [
    rule({ cache: 'board', params: { user_id: 'user_id' }, ...when }),
    rule({ cache: 'list', params: { owner: 'user_id' }, ...when }),
    rule({ cache: 'pair', params: { user_id: 'user_id' } }),
    rule({ cache: 'twin', params: { owner: 'user_id' } }),
    // Its condition says nothing that is not said without.
    rule({ cache: 'pair', params: { user_id: 'user_id' }, on: ['insert', 'delete'], ...when }),
  ])
  const { sentBy } = await install(t, plan, TABLE)
  for (const rows of [1, 2]) {
    const users = ['a', 'b'].slice(0, rows)
    const exact = (operation: string) =>
      users.flatMap((user) => [`${operation} pair user_id=${user}`, `${operation} twin owner=${user}`])
    const broad = (operation: string) => [`${operation} board! error`, `${operation} list! error`]
    const about = (operation: string) => [...broad(operation), ...exact(operation)].sort()
    const values = users.map((user) => `('${user}', NULL, 0, 'x')`).join(', ')
    t.deepEqual(await sentBy(`INSERT INTO calls VALUES ${values}`), about('insert'))
    t.deepEqual(await sentBy(`UPDATE calls SET status = 'y'`), about('update'))
    t.deepEqual(await sentBy(`DELETE FROM calls`), about('delete'))
    const fine = users.map((user) => `('${user}', NULL, 1, 'x')`).join(', ')
    t.deepEqual(
      await sentBy(`INSERT INTO calls VALUES ${fine}`),
      [
        ...exact('insert'),
        ...users.flatMap((user) => [`insert board user_id=${user}`, `insert list owner=${user}`]),
      ].sort(),
    )
    await sentBy('DELETE FROM calls')
  }
})

test('messages that are too long give way to all of the merged caches', async (t) => {
  const { database, writer, payloadsOf } = await install(t, pair({}, {}), TABLE)
  t.deepEqual(describe(await payloadsOf(`INSERT INTO calls VALUES (repeat('x', 9000))`)), [
    'insert board! too-long',
    'insert list! too-long',
  ])
  const plan = { ...pair({}, {}), feed: 'outbox' as const }
  await writer.query(migrationSql(pair({}, {})).down)
  await writer.query(migrationSql(plan).up)
  await writer.query(`INSERT INTO calls VALUES (repeat('x', 600000))`)
  await writer.query(`INSERT INTO calls VALUES (repeat('x', 600000)), ('b')`)
  const { rows } = await database.query<{ message: string }>('TABLE stalemate.outbox_0')
  t.deepEqual(describe(rows.map(({ message }) => message)), [
    'insert board! too-long',
    'insert board! too-long',
    'insert list! too-long',
    'insert list! too-long',
  ])
})

test('a cache whose params may each be the same column is told of both', async (t) => {
  const couple = (param: string, columns: readonly string[]) =>
    rule({ cache: 'couple', params: { [param]: 'user_id' }, columns })
  for (const columns of [['status'], ['note']]) {
    const plan = makePlan(caches, [couple('one', ['status']), couple('other', columns)], { maxKeys: 50 })
    const { sentBy } = await install(t, plan, TABLE)
    const about = (operation: string, ...users: readonly string[]) =>
      ['one', 'other'].flatMap((param) => users.map((user) => `${operation} couple ${param}=${user}`))
    t.deepEqual(await sentBy(`INSERT INTO calls (user_id) VALUES ('a')`), about('insert', 'a'))
    t.deepEqual(await sentBy(`UPDATE calls SET user_id = 'b'`), about('update', 'a', 'b'))
    t.deepEqual(await sentBy(`INSERT INTO calls (user_id) VALUES ('c'), ('d')`), about('insert', 'c', 'd'))
    t.deepEqual(await sentBy(`UPDATE calls SET status = 'y', note = 'y'`), about('update', 'b', 'c', 'd'))
    t.deepEqual(
      await sentBy(`UPDATE calls SET status = 'z'`),
      about('update', 'b', 'c', 'd').slice(0, columns[0] === 'status' ? 6 : 3),
    )
    const many = await sentBy(`INSERT INTO calls (user_id) SELECT 'u' || i FROM generate_series(1, 400) AS i`)
    t.deepEqual([...new Set(many)], ['insert couple! max-keys'])
    const all = await sentBy(`UPDATE calls SET status = 'm', note = 'm'`)
    t.deepEqual([...new Set(all)], ['update couple! max-keys'])
    t.deepEqual([...new Set(await sentBy('DELETE FROM calls'))], ['delete couple! max-keys'])
  }
})
