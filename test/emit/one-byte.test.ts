import { serialize } from 'node:v8'
import test from 'ava'
import { compileRules } from '../../src/compile.ts'
import { makeBigRules } from '../../bench/compile/big-rules.ts'

/** How V8 holds a text, as its serializer tells: after a header of two bytes comes the kind. */
const kindOf = (text: string): string => String.fromCharCode(serialize(text)[2] ?? 0)
const ONE_BYTE = '"'
const TWO_BYTES = 'c'

test('texts of ASCII that are put together stay one byte a character, so that a large ruleset fits into memory', async (t) => {
  t.is(kindOf('plain'), ONE_BYTE)
  t.is(kindOf('€'), TWO_BYTES)
  const { files } = await compileRules(makeBigRules({ tables: 20, caches: 20, rules: 100 }))
  const wide = [...files].filter(([, text]) => kindOf(text) !== ONE_BYTE && /^[\u0000-\u007f]*$/.test(text))
  t.true(files.size > 5)
  t.deepEqual(
    wide.map(([path]) => path),
    [],
  )
})
