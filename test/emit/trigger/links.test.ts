import test from 'ava'
import { buildManifest } from '../../../src/emit/manifest.ts'
import type { Plan } from '../../../src/plan/plan.ts'
import { describe, install } from '../../helpers/installation.ts'
import { cacheRule, makePlan, tableRule } from '../../helpers/plans.ts'
import { describeWrong, resolvePayloads } from '../../helpers/resolve-links.ts'

const board = cacheRule('board', 'board:{user_id}', { user_id: 'int' })

const oneHop = makePlan(
  [board],
  [
    tableRule({
      table: 'leads',
      cache: 'board',
      params: { user_id: 'agents.user_id' },
      via: ['agents ON agents.id = leads.agent_id'],
      columns: ['stage'],
    }),
  ],
)
const ONE_HOP = `
  CREATE TABLE agents (id int PRIMARY KEY, user_id int, team_id int, note text);
  CREATE TABLE leads (id int, agent_id int, stage text, note text);
  INSERT INTO agents VALUES (1, 10), (2, 20), (3, 10), (4, NULL);
  INSERT INTO leads VALUES (100, 1, 'new'), (200, 2, 'new'), (300, NULL, 'new');
`

const twoHops = makePlan(
  [board],
  [
    tableRule({
      table: 'calls',
      cache: 'board',
      params: { user_id: 't.user_id' },
      via: ['agents AS a ON a.id = calls.agent_id', 'crm.teams AS t ON t.id = a.team_id'],
    }),
  ],
)
const TWO_HOPS = `
  CREATE SCHEMA crm;
  CREATE TABLE crm.teams (id int PRIMARY KEY, user_id int, name text);
  CREATE TABLE agents (id int PRIMARY KEY, team_id int, name text);
  CREATE TABLE calls (id int, agent_id int);
  INSERT INTO crm.teams VALUES (1, 10), (2, 20);
  INSERT INTO agents VALUES (1, 1), (2, 2), (3, NULL);
  INSERT INTO calls VALUES (100, 1);
`

const self = makePlan(
  [board],
  [
    tableRule({
      table: 'people',
      cache: 'board',
      params: { user_id: 'boss.user_id' },
      via: ['people AS boss ON boss.id = people.boss_id'],
      columns: ['name'],
    }),
  ],
)
const SELF = `
  CREATE TABLE people (id int PRIMARY KEY, boss_id int, user_id int, name text);
  INSERT INTO people VALUES (1, NULL, 10), (2, 1, 20), (3, 2, 30);
`

const composite = makePlan(
  [board],
  [
    tableRule({
      table: 'orders',
      cache: 'board',
      params: { user_id: 'shops.user_id' },
      via: ['shops ON shops.country = orders.country AND shops.number = orders.shop'],
    }),
  ],
)
const COMPOSITE = `
  CREATE TABLE shops (country text, number bigint, user_id int);
  CREATE TABLE orders (country text, shop int);
  INSERT INTO shops VALUES ('de', 1, 10), ('fr', 1, 20), ('de', 2, 30), ('fr', 2, 40);
`

const mixed = makePlan(
  [cacheRule('day', 'day:{user_id}:{kind}:{day}', { user_id: 'int', kind: 'text', day: 'date' })],
  [
    tableRule({
      table: 'shifts',
      cache: 'day',
      params: { user_id: 'users.id', kind: '=shift', day: 'day' },
      via: ['users ON users.name = shifts.name'],
    }),
  ],
)
const MIXED = `
  CREATE TABLE users (id int, name text);
  CREATE TABLE shifts (name text, day date);
  INSERT INTO users VALUES (1, 'ann'), (2, 'bob'), (3, 'bob'), (4, 'x"},{\\');
`

const dates = makePlan(
  [cacheRule('due', 'due:{day}', { day: 'date' })],
  [
    tableRule({
      table: 'stamps',
      cache: 'due',
      params: { day: 'plans.day' },
      via: ['plans ON plans.at = stamps.at AND plans.since = stamps.since'],
    }),
  ],
)
const DATES = `
  CREATE TABLE plans (at timestamptz, since date, day date);
  CREATE TABLE stamps (at timestamptz, since date);
  INSERT INTO plans VALUES ('2026-02-03 04:05:06.789+00', '2026-04-05', '2026-06-07'), ('2026-03-02 04:05:06+00', '2026-05-04', '2026-07-06');
`

const quoted = makePlan(
  [cacheRule('it', 'it:{p}:{q}', { p: 'text', q: 'int' })],
  [
    tableRule({
      table: 'My "Rows"',
      cache: 'it',
      params: { p: '"links"."a.b"', q: 'links_.id' },
      via: [
        '"Big Schema"."Other Rows" AS "links" ON "links"."Key" = "My ""Rows"""."select"',
        'last AS links_ ON links_.k = "links"."Key" AND links_.id = "My ""Rows"""."id"',
      ],
    }),
  ],
)

/** Columns of char(n) are compared without the blanks that fill them up, also with texts. */
const blanks = (from: string, to: string): Pick<Case, 'plan' | 'tables'> => ({
  plan: makePlan(
    [board],
    [
      tableRule({
        table: 'sales',
        cache: 'board',
        params: { user_id: 'shops.user_id' },
        via: ['shops ON shops.code = sales.code'],
      }),
    ],
  ),
  tables: `
    CREATE TABLE shops (code ${to}, user_id int);
    CREATE TABLE sales (code ${from}, price int);
    INSERT INTO shops VALUES ('a', 10), ('b', 20);
  `,
})

type Case = {
  readonly plan: Plan
  readonly tables: string
  readonly run: string
  /** Lines of `describe`, with `@` for the id of the path. */
  readonly sent?: readonly string[]
  readonly wrong: readonly string[]
}

const links = test.macro({
  exec: async (t, { plan, tables, run, sent, wrong }: Case) => {
    const { database, payloadsOf } = await install(t, plan, tables)
    const reader = await database.connect()
    await reader.query(`SET DateStyle = 'SQL, MDY'`)
    const payloads = await payloadsOf(run)
    if (sent !== undefined)
      t.deepEqual(
        describe(payloads).map((line) => line.replace(/@[0-9a-f]{12} /, '@ ')),
        sent,
      )
    t.deepEqual(describeWrong(await resolvePayloads(reader, buildManifest(plan), payloads)), wrong)
  },
  title: (title) => title ?? '',
})

test('an insert sends the column that the path begins with', links, {
  plan: oneHop,
  tables: ONE_HOP,
  run: `INSERT INTO leads VALUES (1, 1, 'new'), (2, 3, 'new'), (3, 1, 'old')`,
  sent: ['insert board @ 1', 'insert board @ 3'],
  wrong: ['board user_id=10'],
})
for (const [from, to] of [
  ['char(3)', 'char(3)'],
  ['char(3)', 'char(5)'],
  ['char(3)', 'text'],
  ['char(3)', 'varchar(5)'],
  ['text', 'char(3)'],
] as const)
  test(`a link of ${from} finds what it equals in ${to}, whatever blanks fill it up`, links, {
    ...blanks(from, to),
    run: `INSERT INTO sales VALUES ('a', 1)`,
    wrong: ['board user_id=10'],
  })
test('what begins by two columns of char(n) finds texts, each with blanks of its own or without', links, {
  plan: composite,
  tables: `
    CREATE TABLE shops (country text, number text, user_id int);
    CREATE TABLE orders (country char(3), shop text);
    INSERT INTO shops VALUES ('de', '1 ', 10), ('de', '1', 20), ('fr', '1 ', 30);
  `,
  run: `INSERT INTO orders VALUES ('de', '1 ')`,
  wrong: ['board user_id=10', 'board user_id=20'],
})
test('a link of char(3) is sent once, whatever blanks it was written with', links, {
  ...blanks('char(3)', 'char(3)'),
  run: `INSERT INTO sales VALUES ('a', 1), ('a  ', 2)`,
  sent: ['insert board @ a  '],
  wrong: ['board user_id=10'],
})
test('an update of a relevant column sends the link', links, {
  plan: oneHop,
  tables: ONE_HOP,
  run: `UPDATE leads SET stage = 'old' WHERE id = 100`,
  sent: ['update board @ 1'],
  wrong: ['board user_id=10'],
})
test('a row that is joined to another sends the links of both, whatever columns the rule names', links, {
  plan: oneHop,
  tables: ONE_HOP,
  run: `UPDATE leads SET agent_id = 2 WHERE id = 100`,
  sent: ['update board @ 1', 'update board @ 2'],
  wrong: ['board user_id=10', 'board user_id=20'],
})
test('an update of columns that the rule does not name sends no link', links, {
  plan: oneHop,
  tables: ONE_HOP,
  run: `UPDATE leads SET note = 'x'`,
  sent: [],
  wrong: [],
})
test('a NULL in a column that the path begins with sends nothing for its row', links, {
  plan: oneHop,
  tables: ONE_HOP,
  run: `INSERT INTO leads VALUES (1, NULL, 'new'); UPDATE leads SET agent_id = NULL WHERE id = 100`,
  sent: ['update board @ 1'],
  wrong: ['board user_id=10'],
})
test('a row that is joined to nothing, or to a NULL, makes nothing wrong', links, {
  plan: oneHop,
  tables: ONE_HOP,
  run: `INSERT INTO leads VALUES (1, 99, 'new'), (2, 4, 'new')`,
  sent: ['insert board @ 4', 'insert board @ 99'],
  wrong: [],
})
test('a row of a table on the path that moves sends the params of both', links, {
  plan: oneHop,
  tables: ONE_HOP,
  run: `UPDATE agents SET user_id = 30 WHERE id = 1`,
  sent: ['update board user_id=10', 'update board user_id=30'],
  wrong: ['board user_id=10', 'board user_id=30'],
})
test('a row of a table on the path that is joined otherwise sends its params', links, {
  plan: oneHop,
  tables: ONE_HOP,
  run: `UPDATE agents SET id = 9 WHERE id = 1`,
  sent: ['update board user_id=10'],
  wrong: ['board user_id=10'],
})
test('a row of a table on the path that comes or goes sends its params', links, {
  plan: oneHop,
  tables: ONE_HOP,
  run: `INSERT INTO agents VALUES (7, 70); DELETE FROM agents WHERE id = 2`,
  sent: ['delete board user_id=20', 'insert board user_id=70'],
  wrong: ['board user_id=20', 'board user_id=70'],
})
test('an update of other columns of a table on the path sends nothing', links, {
  plan: oneHop,
  tables: ONE_HOP,
  run: `UPDATE agents SET team_id = 5, note = 'x'`,
  sent: [],
  wrong: [],
})
test('a truncate of a table on the path makes the whole cache wrong', links, {
  plan: oneHop,
  tables: ONE_HOP,
  run: `TRUNCATE agents`,
  sent: ['truncate board! truncate'],
  wrong: ['board!'],
})
test('a truncate of the table itself makes the whole cache wrong', links, {
  plan: oneHop,
  tables: ONE_HOP,
  run: `TRUNCATE leads`,
  sent: ['truncate board! truncate'],
  wrong: ['board!'],
})
test('a parent that is deleted with its children sends what no look-up can find any more', links, {
  plan: oneHop,
  tables: `${ONE_HOP} ALTER TABLE leads ADD FOREIGN KEY (agent_id) REFERENCES agents ON DELETE CASCADE;`,
  run: `DELETE FROM agents WHERE id = 1`,
  sent: ['delete board @ 1', 'delete board user_id=10'],
  wrong: ['board user_id=10'],
})

test('a path over two tables begins by the first', links, {
  plan: twoHops,
  tables: TWO_HOPS,
  run: `INSERT INTO calls VALUES (1, 2), (2, 3)`,
  sent: ['insert board @ 2', 'insert board @ 3'],
  wrong: ['board user_id=20'],
})
test('a row in the middle of a path sends links of what is left of it, old and new', links, {
  plan: twoHops,
  tables: TWO_HOPS,
  run: `UPDATE agents SET team_id = 2 WHERE id = 1`,
  sent: ['update board @ 1', 'update board @ 2'],
  wrong: ['board user_id=10', 'board user_id=20'],
})
test('a row in the middle of a path that changes otherwise sends nothing', links, {
  plan: twoHops,
  tables: TWO_HOPS,
  run: `UPDATE agents SET name = 'x'; UPDATE crm.teams SET name = 'x'`,
  sent: [],
  wrong: [],
})
test('a row at the end of a path sends params, old and new', links, {
  plan: twoHops,
  tables: TWO_HOPS,
  run: `UPDATE crm.teams SET user_id = 30 WHERE id = 1; DELETE FROM crm.teams WHERE id = 2`,
  sent: ['delete board user_id=20', 'update board user_id=10', 'update board user_id=30'],
  wrong: ['board user_id=10', 'board user_id=20', 'board user_id=30'],
})
test('a table may be joined with itself', links, {
  plan: self,
  tables: SELF,
  run: `UPDATE people SET name = 'x' WHERE id = 3`,
  sent: ['update board @ 2'],
  wrong: ['board user_id=20'],
})
test('a row of a table that is joined with itself sends what it is on both sides', links, {
  plan: self,
  tables: SELF,
  run: `UPDATE people SET user_id = 25, boss_id = 3 WHERE id = 2`,
  sent: ['update board @ 1', 'update board @ 3', 'update board user_id=20', 'update board user_id=25'],
  wrong: ['board user_id=10', 'board user_id=20', 'board user_id=25', 'board user_id=30'],
})
test('links of several columns find only what has all of them', links, {
  plan: composite,
  tables: COMPOSITE,
  run: `INSERT INTO orders VALUES ('de', 1), ('fr', 2), ('de', NULL), (NULL, 1)`,
  sent: ['insert board @ de,1', 'insert board @ fr,2'],
  wrong: ['board user_id=10', 'board user_id=40'],
})
test(
  'params of the row itself stay with what its link finds, and dates are the same in all sessions',
  links,
  {
    plan: mixed,
    tables: MIXED,
    run: `SET DateStyle = 'German, DMY';
        INSERT INTO shifts VALUES ('ann', '2026-02-03'), ('bob', '2026-03-04'), ('bob', NULL), ('x"},{\\', '2026-01-01')`,
    sent: ['insert day @ ann,2026-02-03', 'insert day @ bob,2026-03-04', 'insert day @ x"},{\\,2026-01-01'],
    wrong: [
      'day user_id=1,kind=shift,day=2026-02-03',
      'day user_id=2,kind=shift,day=2026-03-04',
      'day user_id=3,kind=shift,day=2026-03-04',
      'day user_id=4,kind=shift,day=2026-01-01',
    ],
  },
)
test('a table on the path binds what it can, and the rest may be anything', links, {
  plan: mixed,
  tables: MIXED,
  run: `UPDATE users SET name = 'cat' WHERE id = 2`,
  sent: ['update day user_id=2,kind=shift'],
  wrong: ['day user_id=2,kind=shift'],
})
test('dates and times lead over a path whatever the sessions prefer', links, {
  plan: dates,
  tables: DATES,
  run: `SET DateStyle = 'SQL, DMY'; SET TimeZone = 'Asia/Kolkata';
        INSERT INTO stamps VALUES ('2026-02-03T04:05:06.789Z', '2026-04-05')`,
  wrong: ['due day=2026-06-07'],
})
test('names may be quoted, those of our own SQL included', links, {
  plan: quoted,
  tables: `
    CREATE SCHEMA "Big Schema";
    CREATE TABLE "Big Schema"."Other Rows" ("Key" text, "a.b" text);
    CREATE TABLE last (k text, id int);
    CREATE TABLE "My ""Rows""" ("select" text, id int);
    INSERT INTO "Big Schema"."Other Rows" VALUES ('k', 'v'), ('l', 'w');
    INSERT INTO last VALUES ('k', 1), ('l', 2);
  `,
  run: `INSERT INTO "My ""Rows""" VALUES ('k', 1), ('l', 1)`,
  sent: ['insert it @ k,1', 'insert it @ l,1'],
  wrong: ['it p=v,q=1'],
})

test('numbers that are equal but written otherwise lead to the params of each row', async (t) => {
  const plan = makePlan(
    [cacheRule('pair', 'pair:{user_id}:{name}', { user_id: 'int', name: 'text' })],
    [
      tableRule({
        table: 'rows',
        cache: 'pair',
        params: { user_id: 'users.id', name: 'name' },
        via: ['users ON users.score = rows.score'],
      }),
    ],
  )
  const tables = `CREATE TABLE users (id int, score numeric); CREATE TABLE rows (name text, score numeric);
    INSERT INTO users VALUES (1, 1.50)`
  const { writer, payloadsOf } = await install(t, plan, tables)
  const payloads = await payloadsOf(`INSERT INTO rows VALUES ('a', 1.5), ('b', 1.500), ('c', 2)`)
  t.deepEqual(describeWrong(await resolvePayloads(writer, buildManifest(plan), payloads)), [
    'pair user_id=1,name=a',
    'pair user_id=1,name=b',
  ])
})

test('more links than `max-keys` make the whole cache wrong, and many links take several messages', async (t) => {
  const small = makePlan(
    [board],
    [
      tableRule({
        table: 'leads',
        cache: 'board',
        params: { user_id: 'agents.user_id' },
        via: ['agents ON agents.id = leads.agent_id'],
        maxKeys: 3,
      }),
    ],
  )
  const few = await install(t, small, ONE_HOP)
  t.deepEqual(await few.sentBy(`INSERT INTO leads SELECT i, i FROM generate_series(1, 4) AS i`), [
    'insert board! max-keys',
  ])
  const { writer, payloadsOf } = await install(t, oneHop, ONE_HOP)
  const payloads = await payloadsOf(
    `INSERT INTO leads SELECT i, 100000000 + i FROM generate_series(1, 999) AS i`,
  )
  t.true(payloads.length > 1)
  t.true(payloads.every((payload) => Buffer.byteLength(payload) < 7900))
  t.is(describe(payloads).length, 999)
  t.deepEqual(await resolvePayloads(writer, buildManifest(oneHop), payloads), [])
})

test('links of several values are not torn when they take several messages', async (t) => {
  const { payloadsOf } = await install(t, composite, COMPOSITE)
  const payloads = await payloadsOf(
    `INSERT INTO orders SELECT 'country ' || i, i FROM generate_series(1, 900) AS i`,
  )
  t.true(payloads.length > 1)
  const expected = Array.from({ length: 900 }, (_, i) => `country ${i + 1},${i + 1}`)
  t.deepEqual(
    describe(payloads).map((line) => line.replace(/^.*@\S+ /, '')),
    expected.sort(),
  )
})

test('a link too long for a message makes the whole cache wrong', async (t) => {
  const { sentBy } = await install(t, composite, COMPOSITE)
  t.deepEqual(await sentBy(`INSERT INTO orders VALUES (repeat('x', 9000), 1), ('de', 1)`), [
    'insert board! too-long',
  ])
})
