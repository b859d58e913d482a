import { cacheRule, makePlan, tableRule } from '../../../helpers/plans.ts'
import type { Group } from './case.ts'

const LONG = `${'x'.repeat(58)}_long`
const LONG_COLUMN = `${'c'.repeat(60)}_id`

export const names: readonly Group[] = [
  {
    title: 'Names',
    text: `Schema \`My "Schema"\`, table and column names in quotes, and ones of 63 bytes. In one database two schemas have a table \`calls\`, and two rulesets watch it.`,
    tables: `
      CREATE SCHEMA "My ""Schema"""; CREATE SCHEMA sales;
      CREATE TABLE "My ""Schema"""."Order's" ("Kunde""n Nr" text, "select" text);
      CREATE TABLE "${LONG}" ("${LONG_COLUMN}" text);
      CREATE TABLE calls (user_id text, status text);
      CREATE TABLE sales.calls (user_id text, status text);`,
    plans: [
      makePlan(
        [
          cacheRule('orders', 'orders:{id}', {}),
          cacheRule('long', 'long:{id}', {}),
          cacheRule('board', 'board:{id}', {}),
          cacheRule('sales', 'sales:{id}', {}),
        ],
        [
          tableRule({
            schema: 'My "Schema"',
            table: `Order's`,
            cache: 'orders',
            params: { id: '"Kunde""n Nr"' },
            columns: ['select'],
          }),
          tableRule({ table: LONG, cache: 'long', params: { id: LONG_COLUMN } }),
          tableRule({ table: 'calls', cache: 'board', params: { id: 'user_id' } }),
          tableRule({ schema: 'sales', table: 'calls', cache: 'sales', params: { id: 'user_id' } }),
        ],
      ),
      makePlan(
        [cacheRule('other', 'other:{status}', {})],
        [tableRule({ table: 'calls', cache: 'other', params: { status: 'status' } })],
        { name: 'second' },
      ),
    ],
    empty: [`"My ""Schema"""."Order's"`, `"${LONG}"`, 'calls', 'sales.calls'],
    cases: [
      {
        title: 'names in quotes, and a keyword as a column',
        run: [
          `INSERT INTO "My ""Schema"""."Order's" VALUES ('k1', 'x')`,
          `UPDATE "My ""Schema"""."Order's" SET "select" = 'y'`,
          `DELETE FROM "My ""Schema"""."Order's"`,
        ],
        sent: ['delete orders id=k1', 'insert orders id=k1', 'update orders id=k1'],
      },
      {
        title: 'names of 63 bytes',
        run: [
          `INSERT INTO ${LONG} VALUES ('k1')`,
          `UPDATE ${LONG} SET ${LONG_COLUMN} = 'k2'`,
          `TRUNCATE ${LONG}`,
        ],
        sent: ['insert long id=k1', 'truncate long! truncate', 'update long id=k1', 'update long id=k2'],
      },
      {
        title: 'a table of the same name in another schema',
        run: [`INSERT INTO sales.calls VALUES ('u1', 'new')`],
        sent: ['insert sales id=u1'],
      },
      {
        title: 'two rulesets in one database',
        run: [`INSERT INTO calls VALUES ('u1', 'new')`],
        sent: ['insert board id=u1', 'insert other status=new'],
      },
    ],
  },
]

const ROW = `INSERT INTO items VALUES ('a', '2024-02-03', true, 12, '6f2a3c1e-0000-4000-8000-00000000000A', 'small')`
const SENT = [
  'insert item day=2024-02-03,flag=true,n=12,id=6f2a3c1e-0000-4000-8000-00000000000a',
  'insert text text=a',
]

export const values: readonly Group[] = [
  {
    title: 'Values and settings of the session',
    text: '`items (text, day, flag, n, id, body)` makes `text:{text}` and `item:{day}:{flag}:{n}:{id}` wrong.',
    tables: 'CREATE TABLE items (text text, day date, flag boolean, n bigint, id uuid, body text)',
    plans: [
      makePlan(
        [
          cacheRule('text', 'text:{text}', {}),
          cacheRule('item', 'item:{day}:{flag}:{n}:{id}', {
            day: 'date',
            flag: 'boolean',
            n: 'bigint',
            id: 'uuid',
          }),
        ],
        [
          tableRule({ table: 'items', cache: 'text', params: { text: 'text' }, columns: ['body'] }),
          tableRule({
            table: 'items',
            cache: 'item',
            params: { day: 'day', flag: 'flag', n: 'n', id: 'id' },
          }),
        ],
      ),
    ],
    empty: ['items'],
    cases: [
      ...[
        ['letters beyond ASCII', `Zoë 日本 🂡`],
        ['`:`, `%` and `*`', `a:b%c*d`],
        ['quotes, backslashes and line breaks', `it's "x" \\ \n{}`],
        ['nothing but a space', ' '],
      ].map(([what = '', text = '']) => ({
        title: `a value with ${what}`,
        run: [`INSERT INTO items (text) VALUES (U&'${toUnicode(text)}')`],
        sent: [`insert text text=${text}`],
      })),
      { title: 'no settings', run: [ROW], sent: SENT },
      { title: 'DateStyle', run: [`SET DateStyle = 'SQL, DMY'`, ROW], sent: SENT },
      {
        title: 'search_path',
        run: ['SET search_path = pg_catalog', ROW.replace('items', 'public.items')],
        sent: SENT,
      },
      {
        title: 'standard_conforming_strings',
        run: ['SET standard_conforming_strings = off', ROW],
        sent: SENT,
      },
      { title: 'client_encoding', run: [`SET client_encoding = 'LATIN1'`, ROW], sent: SENT },
      {
        title: 'TimeZone, IntervalStyle, extra_float_digits, bytea_output and quote_all_identifiers',
        run: [
          `SET TimeZone = 'Pacific/Apia'; SET IntervalStyle = 'iso_8601'; SET extra_float_digits = 0; SET bytea_output = 'escape'; SET quote_all_identifiers = on`,
          ROW,
        ],
        sent: SENT,
      },
      {
        title: 'backslash_quote, escape_string_warning, transform_null_equals and array_nulls',
        run: [
          `SET backslash_quote = off; SET escape_string_warning = off; SET transform_null_equals = on; SET array_nulls = off`,
          ROW,
        ],
        sent: SENT,
      },
      {
        title: 'plpgsql.variable_conflict and check_function_bodies',
        run: [`SET plpgsql.variable_conflict = 'use_variable'; SET check_function_bodies = off`, ROW],
        sent: SENT,
      },
      {
        title: 'row_security off, default_transaction_isolation serializable',
        run: [`SET row_security = off; SET default_transaction_isolation = 'serializable'`, ROW],
        sent: SENT,
      },
      {
        title: 'a row of 1 MB',
        run: [
          `INSERT INTO items (text, body) VALUES ('a', repeat('0123456789', 100000))`,
          `UPDATE items SET body = reverse(body)`,
          'DELETE FROM items',
        ],
        sent: ['delete text text=a', 'insert text text=a', 'update text text=a'],
      },
      {
        title: 'a key of 1 MB',
        run: [`INSERT INTO items (text) VALUES (repeat('0123456789', 105000))`],
        sent: ['insert item! too-long', 'insert text! too-long'],
      },
    ],
  },
]

/** As SQL writes it in `U&''`, in ASCII only. */
function toUnicode(text: string): string {
  return Array.from(text)
    .map((letter) => `\\+${(letter.codePointAt(0) ?? 0).toString(16).padStart(6, '0')}`)
    .join('')
}
