import test from 'ava'
import { StalemateError } from '../../src/errors.ts'
import {
  dollarQuote,
  identifier,
  integer,
  joinSql,
  lineComment,
  literal,
  rawSql,
  sql,
} from '../../src/sql/fragment.ts'
import { createDatabase } from '../helpers/database.ts'

test('a template puts fragments in its holes and loses its own indentation', (t) => {
  const list = joinSql([identifier('a'), identifier('b c')], ',\n')
  const made = sql`
    SELECT
      ${list}
    FROM ${identifier('public', 'Calls')}
    WHERE x = ${literal("it's")} LIMIT ${integer(3)}
  `
  t.is(made.toString(), `SELECT\n  a,\n  "b c"\nFROM public."Calls"\nWHERE x = 'it''s' LIMIT 3`)
})

test('indentation never changes what SQL means', (t) => {
  const inner = sql`
    f(
      ${rawSql(`'a\nb'`)},
      ${literal('c\nd')}
    )
  `
  const made = sql`
    SELECT
      ${inner}
  `
  t.is(made.toString(), `SELECT\n  f(\n    'a\nb',\n    E'c\\nd'\n  )`)
})

test('what SQL cannot carry is refused wherever it comes in', (t) => {
  for (const bad of ['a\0b', '\uD800']) {
    for (const make of [identifier, literal, rawSql, lineComment, (text: string) => dollarQuote(text)]) {
      const error = t.throws(() => make(bad), { instanceOf: StalemateError })
      t.is(error.code, 'sql-invalid')
    }
  }
  t.throws(() => identifier(''), { code: 'sql-invalid' })
})

test('a comment stays on its line', (t) => {
  t.is(lineComment('one\ntwo\r\nthree').toString(), '-- one two three')
})

test('a dollar quote has a tag that its body does not contain', (t) => {
  t.is(dollarQuote('body').toString(), '$stalemate$body$stalemate$')
  t.is(dollarQuote('a $stalemate$ b').toString(), '$stalemate_1$a $stalemate$ b$stalemate_1$')
  t.is(dollarQuote('ends in $stalemate').toString(), '$stalemate_1$ends in $stalemate$stalemate_1$')
})

test('a server reads identifiers, literals and bodies as they were meant', async (t) => {
  const database = await createDatabase(t)
  const client = await database.connect()
  const { rows: words } = await client.query<{ word: string }>('SELECT word FROM pg_get_keywords()')
  const names = [
    ...words.map(({ word }) => word),
    'loop',
    'Upper',
    '"',
    "'",
    '\\',
    'é',
    ' ',
    'a\nb',
    '$1',
    '1a',
  ]
  const texts = ['', "'", '\\', `\\'`, 'a\nb', '\t', 'é', '$1', "E'", '%I', '--', '/*']
  for (const setting of ['on', 'off']) {
    await client.query(`SET standard_conforming_strings = ${setting}; SET escape_string_warning = off`)
    const columns = names.map((name, index) => sql`${integer(index)} AS ${identifier(name)}`)
    const { fields } = await client.query(sql`SELECT ${joinSql(columns, ', ')}`.toString())
    t.deepEqual(
      fields.map((field) => field.name),
      names,
    )
    const { rows } = await client.query<{ texts: string[] }>(
      sql`SELECT ARRAY[${joinSql(texts.map(literal), ', ')}] AS texts`.toString(),
    )
    t.deepEqual(rows[0]?.texts, texts)
    const { rows: bodies } = await client.query<{ body: string }>(
      sql`SELECT ${dollarQuote(texts.join('\n'))} AS body`.toString(),
    )
    t.is(bodies[0]?.body, texts.join('\n'))
  }
  for (const name of names) {
    await client.query(
      sql`DO ${dollarQuote(sql`DECLARE x int; BEGIN x := (SELECT t.${identifier(name)} FROM (SELECT 1 AS ${identifier(name)}) AS t); END`.toString())}`.toString(),
    )
  }
})

test('a body is a piece of its own, as the same text and to the byte, and the pieces are the whole', (t) => {
  const body = `\n  SELECT 'a'\n`
  const made = sql`
    DO
      ${dollarQuote(body)};
    SELECT ${integer(1)};
  `
  const { list } = made.toPieces()
  t.deepEqual(list, ['DO\n  $stalemate$', body, '$stalemate$;\nSELECT 1;'])
  t.is(String(made.toPieces()), made.toString())
})
