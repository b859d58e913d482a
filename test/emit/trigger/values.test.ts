import test from 'ava'
import { MAX_MESSAGE_BYTES } from '../../../src/emit/max-message-bytes.ts'
import { OUTBOX_TABLES } from '../../../src/emit/outbox/names.ts'
import { decodeMessage } from '../../../src/wire/decode.ts'
import { install } from '../../helpers/installation.ts'
import { cacheRule, makePlan, tableRule } from '../../helpers/plans.ts'

const byName = [cacheRule('board', 'board:{name}', { name: 'text' })]

const STRANGE = [
  ':', '%', '*', '"', '\\', "'", '{}', '[]', ',', '$stalemate$', '\n', '\t', '\u0001', '', ' ', 'é', '日本', '😀',
  '\\u0041', 'null', 'a"],["b', `:%*"\\'`,
] // prettier-ignore

test('any text arrives as it is in the row', async (t) => {
  const plan = makePlan(byName, [tableRule({ table: 'items', cache: 'board', params: { name: 'name' } })])
  const { writer, sentBy } = await install(t, plan, 'CREATE TABLE items (name text)')
  const sent = await sentBy(() => writer.query('INSERT INTO items SELECT unnest($1::text[])', [STRANGE]))
  t.deepEqual(sent, STRANGE.map((name) => `insert board name=${name}`).sort())
  const cleared = await sentBy('UPDATE items SET name = NULL')
  t.deepEqual(cleared, STRANGE.map((name) => `update board name=${name}`).sort())
})

test('values that a collation or type takes for equal are different keys', async (t) => {
  const plan = makePlan(byName, [
    tableRule({ table: 'items', cache: 'board', params: { name: 'name' }, columns: [] }),
  ])
  const { sentBy } = await install(
    t,
    plan,
    `CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
     CREATE TABLE items (id int, name text COLLATE loose);`,
  )
  t.deepEqual(await sentBy(`INSERT INTO items VALUES (1, 'Ann'), (2, 'ANN')`), [
    'insert board name=ANN',
    'insert board name=Ann',
  ])
  t.deepEqual(await sentBy(`UPDATE items SET name = 'ann' WHERE id = 1`), [
    'update board name=Ann',
    'update board name=ann',
  ])
})

test('params of each type have one text, whatever the session prefers', async (t) => {
  const types = { u: 'uuid', i: 'int', b: 'bigint', x: 'text', o: 'boolean', d: 'date' } as const
  const plan = makePlan(
    [cacheRule('all', 'all:{u}:{i}:{b}:{x}:{o}:{d}', types)],
    [
      tableRule({
        table: 'items',
        cache: 'all',
        params: { u: 'u', i: 'i', b: 'b', x: 'x', o: 'o', d: 'd' },
      }),
    ],
  )
  const { writer, sentBy } = await install(
    t,
    plan,
    'CREATE TABLE items (u uuid, i int, b bigint, x varchar(5), o boolean, d date)',
  )
  const row = `('4F3C2A1E-8F6D-4A57-9B0A-1D2E3F405162', -7, 9223372036854775807, 'é', false, '2024-03-01')`
  const text = 'u=4f3c2a1e-8f6d-4a57-9b0a-1d2e3f405162,i=-7,b=9223372036854775807,x=é,o=false,d=2024-03-01'
  t.deepEqual(await sentBy(`INSERT INTO items VALUES ${row}`), [`insert all ${text}`])
  await writer.query(`SET DateStyle = 'German, DMY'; SET IntervalStyle = 'sql_standard'; SET TimeZone = 'Asia/Tokyo';
    SET standard_conforming_strings = off; SET escape_string_warning = off; SET client_encoding = 'LATIN1';
    SET bytea_output = 'escape'; SET extra_float_digits = -15; SET quote_all_identifiers = on`)
  t.deepEqual(await sentBy(`UPDATE items SET o = true`), [
    `update all ${text}`,
    `update all ${text.replace('false', 'true')}`,
  ])
})

test('identifiers may be quoted, long, keywords, or not ASCII', async (t) => {
  const long = 'x'.repeat(63)
  const odd = `Ord"er's; -- \\ \u00e9`
  const plan = makePlan(
    [cacheRule('board', 'board:{name}', { name: 'text' })],
    [
      tableRule({
        table: odd,
        schema: 'My Schema',
        cache: 'board',
        params: { name: 'user' },
        columns: ['loop'],
      }),
      tableRule({ table: long, cache: 'board', params: { name: long }, columns: ['place', 'key', 'pairs'] }),
      tableRule({
        table: `${long.slice(0, -1)}y`,
        cache: 'board',
        params: { name: 'stalemate_targets' },
        columns: ['unpaired', 'c1', 'old_c1', 'image', 'new_rows', 'o', 'n'],
      }),
    ],
    { name: 'a'.repeat(40) },
  )
  const { sentBy } = await install(
    t,
    plan,
    `CREATE SCHEMA "My Schema";
     CREATE TABLE "My Schema"."Ord""er's; -- \\ \u00e9" ("user" text, "loop" int);
     CREATE TABLE ${long} (${long} text, place int, key int, pairs int);
     CREATE TABLE ${long.slice(0, -1)}y (stalemate_targets text, unpaired int, c1 int, old_c1 int, image int, new_rows int, o int, n int);`,
  )
  const quoted = `"My Schema"."Ord""er's; -- \\ \u00e9"`
  t.deepEqual(await sentBy(`INSERT INTO ${quoted} VALUES ('a', 1); UPDATE ${quoted} SET "loop" = 2`), [
    'insert board name=a',
    'update board name=a',
  ])
  t.deepEqual(await sentBy(`INSERT INTO ${long} VALUES ('b', 1); UPDATE ${long} SET pairs = 2`), [
    'insert board name=b',
    'update board name=b',
  ])
  const other = `${long.slice(0, -1)}y`
  t.deepEqual(await sentBy(`INSERT INTO ${other} VALUES ('c', 1); UPDATE ${other} SET old_c1 = 2`), [
    'insert board name=c',
    'update board name=c',
  ])
})

test('rules of one cache and one set of params share their keys; constants and partial bindings are sent', async (t) => {
  const plan = makePlan(
    [
      cacheRule('report', 'report:{user_id}:{month}', {}),
      cacheRule('board', 'board:{user_id}', {}),
      cacheRule('total', 'total:{x}', {}),
    ],
    [
      tableRule({ table: 'calls', cache: 'board', params: { user_id: 'user_id' } }),
      tableRule({ table: 'calls', cache: 'board', params: { user_id: 'agent_id' } }),
      tableRule({ table: 'calls', cache: 'report', params: { user_id: 'user_id' } }),
      tableRule({
        table: 'calls',
        cache: 'report',
        params: { user_id: 'user_id', month: '=now' },
        on: ['insert'],
      }),
      tableRule({ table: 'calls', cache: 'total', params: {}, on: ['insert', 'update'] }),
    ],
  )
  const { payloadsOf, sentBy } = await install(
    t,
    plan,
    'CREATE TABLE calls (user_id text, agent_id text, n int)',
  )
  const insert = `INSERT INTO calls VALUES ('a', 'b'), ('b', 'a')`
  t.is((await payloadsOf(insert)).length, 1)
  t.deepEqual(await sentBy(insert), [
    'insert board user_id=a',
    'insert board user_id=b',
    'insert report user_id=a',
    'insert report user_id=a,month=now',
    'insert report user_id=b',
    'insert report user_id=b,month=now',
    'insert total! unbound',
  ])
  t.deepEqual(await sentBy(`UPDATE calls SET n = 1 WHERE user_id = 'a'`), [
    'update board user_id=a',
    'update board user_id=b',
    'update report user_id=a',
    'update total! unbound',
  ])
  t.deepEqual(await sentBy('TRUNCATE calls'), ['truncate board! truncate', 'truncate report! truncate'])
})

test('a message has less than 7,900 bytes, however many keys of however many bytes there are', async (t) => {
  const plan = makePlan(
    [
      cacheRule('board', 'board:{name}', { name: 'text' }),
      cacheRule('pair', 'pair:{name}:{id}', { name: 'text', id: 'int' }),
    ],
    [
      tableRule({ table: 'items', cache: 'board', params: { name: 'name' } }),
      tableRule({ table: 'items', cache: 'pair', params: { name: 'name', id: 'id' } }),
    ],
  )
  const { writer, payloadsOf } = await install(t, plan, 'CREATE TABLE items (id int, name text)')
  for (const text of ['x', 'é"日😀\\', 'y'.repeat(2600), 'é'.repeat(1500)]) {
    const payloads = await payloadsOf(() =>
      writer.query('INSERT INTO items SELECT i, $1 || i FROM generate_series(1, 900) AS i', [text]),
    )
    t.true(payloads.length > 1)
    t.true(payloads.every((payload) => Buffer.byteLength(payload) < 7900))
    const targets = payloads.flatMap((payload) => {
      const message = decodeMessage(payload)
      return message.kind === 'change' ? message.targets : []
    })
    const keys = targets.flatMap((target) =>
      target.kind === 'bindings' && target.cache === 'pair' ? target.values : [],
    )
    t.is(keys.length, 1800)
    t.deepEqual(
      keys.filter((_, place) => place % 2 === 0).sort(),
      Array.from({ length: 900 }, (_, i) => `${text}${i + 1}`).sort(),
    )
    const pairs = keys.flatMap((key, place) => (place % 2 === 0 ? [key === `${text}${keys[place + 1]}`] : []))
    t.true(pairs.every(Boolean))
  }
})

test('messages are filled, so that many keys take few of them', async (t) => {
  const plan = makePlan(byName, [tableRule({ table: 'items', cache: 'board', params: { name: 'name' } })])
  const { payloadsOf } = await install(t, plan, 'CREATE TABLE items (name text)')
  const payloads = await payloadsOf(
    `INSERT INTO items SELECT lpad(i::text, 96, '0') FROM generate_series(1, 800) AS i`,
  )
  t.is(payloads.length, 11)
})

test('payloads of every size near the limit are sent', async (t) => {
  const plan = makePlan(byName, [tableRule({ table: 'items', cache: 'board', params: { name: 'name' } })])
  const { writer, payloadsOf } = await install(t, plan, 'CREATE TABLE items (name text)')
  // Bytes count, not characters.
  for (const [letter, bytes] of [
    ['x', 1],
    ['é', 2],
    ['日', 3],
    ['😀', 4],
  ] as const) {
    const sizes: number[] = []
    for (let length = Math.ceil(7820 / bytes); length * bytes <= 7860; length += 1) {
      const [payload = '', ...more] = await payloadsOf(() =>
        writer.query(`INSERT INTO items VALUES (repeat($2, $1))`, [length, letter]),
      )
      t.deepEqual(more, [])
      const message = decodeMessage(payload)
      const target = message.kind === 'change' ? message.targets[0] : undefined
      if (target?.kind === 'bindings') sizes.push(Buffer.byteLength(payload))
      else t.deepEqual(target, { kind: 'all', cache: 'board', reason: 'too-long' })
    }
    t.true(Math.max(...sizes) <= 7899 && Math.max(...sizes) > 7899 - bytes, letter)
  }
})

test('a key too long for a message makes its whole cache wrong, and others stay exact', async (t) => {
  const plan = makePlan(
    [...byName, cacheRule('other', 'other:{id}', { id: 'int' })],
    [
      tableRule({ table: 'items', cache: 'board', params: { name: 'name' } }),
      tableRule({ table: 'items', cache: 'other', params: { id: 'id' } }),
    ],
  )
  const { sentBy } = await install(t, plan, 'CREATE TABLE items (id int, name text)')
  t.deepEqual(await sentBy(`INSERT INTO items VALUES (1, repeat('x', 9000)), (2, 'short')`), [
    'insert board! too-long',
    'insert other id=1',
    'insert other id=2',
  ])
  t.deepEqual(await sentBy(`DELETE FROM items WHERE id = 1`), ['delete board! too-long', 'delete other id=1'])
  t.deepEqual(await sentBy(`INSERT INTO items VALUES (3, repeat('é', 500000))`), [
    'insert board! too-long',
    'insert other id=3',
  ])
})

test('keys of which none is long may be too long together', async (t) => {
  const rules = [
    [cacheRule('owner', 'owner:{id}', { id: 'uuid' })],
    [tableRule({ table: 'items', cache: 'owner', params: { id: 'owner' }, maxKeys: 100_000 })],
  ] as const
  const { writer, database } = await install(
    t,
    makePlan(...rules, { feed: 'outbox' }),
    'CREATE TABLE items (owner uuid)',
  )
  const sentOf = async (rows: number): Promise<string> => {
    await writer.query(`INSERT INTO items SELECT gen_random_uuid() FROM generate_series(1, ${rows})`)
    const tables = OUTBOX_TABLES.map((table) => `DELETE FROM stalemate.${table} RETURNING message`)
    const found = await Promise.all(tables.map((sql) => database.query<{ message: string }>(sql)))
    const [{ message } = { message: '' }, ...more] = found.flatMap(({ rows: messages }) => messages)
    t.deepEqual(more, [])
    return message
  }
  const fits = await sentOf(26_000)
  t.is(fits.match(/-4[0-9a-f]{3}-/g)?.length, 26_000)
  t.true(Buffer.byteLength(fits) < MAX_MESSAGE_BYTES)
  t.is(await sentOf(27_000), '{"v":1,"t":"items","o":"insert","d":[["owner","too-long"]]}')
})

test('more keys than `max-keys` make the whole cache wrong, as many do not', async (t) => {
  const plan = makePlan(byName, [tableRule({ table: 'items', cache: 'board', params: { name: 'name' } })], {
    maxKeys: 5,
  })
  const { sentBy } = await install(t, plan, 'CREATE TABLE items (name text)')
  const five = Array.from({ length: 5 }, (_, i) => `insert board name=${i}`)
  t.deepEqual(
    await sentBy(`INSERT INTO items SELECT i FROM generate_series(0, 4) AS i, generate_series(1, 3)`),
    five,
  )
  t.deepEqual(await sentBy(`INSERT INTO items SELECT i FROM generate_series(0, 5) AS i`), [
    'insert board! max-keys',
  ])
  t.deepEqual(await sentBy(`UPDATE items SET name = 'n' || name WHERE name < '3'`), [
    'update board! max-keys',
  ])
})
