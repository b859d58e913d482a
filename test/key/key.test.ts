import test from 'ava'
import fc from 'fast-check'
import { parseKey, renderKey } from '../../src/key/render.ts'
import { type KeyTemplate, parsePattern, parseTemplate } from '../../src/key/template.ts'
import { matchPattern, templatesOverlap } from '../../src/key/unify.ts'

function template(source: string): KeyTemplate {
  const parsed = parseTemplate(source)
  if (!parsed.ok) throw new Error(parsed.problems.map((problem) => problem.message).join(' '))
  return parsed.template
}

function pattern(source: string): KeyTemplate {
  const parsed = parsePattern(source)
  if (!parsed.ok) throw new Error(parsed.problems.map((problem) => problem.message).join(' '))
  return parsed.template
}

const TEMPLATES = ['d:{a}', 'a:{a}:p', '{a}:{b}', '{a}-x-{b}', 'x{a}', 'r:{a}:{b}:{c}', 'r.{a}/{b}', 'all']

test('different values give different keys, and a key gives back its values', (t) => {
  const value = fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => !/\0|\p{Surrogate}/u.test(text))
  const values = fc.record({ a: value, b: value, c: value })
  fc.assert(
    fc.property(fc.constantFrom(...TEMPLATES), values, values, (source, one, two) => {
      const key = template(source)
      const first = renderKey(key, one)
      const second = renderKey(key, two)
      const differ = key.params.some((name) => one[name as 'a'] !== two[name as 'a'])
      t.deepEqual(
        parseKey(key, first),
        Object.fromEntries(key.params.map((name) => [name, one[name as 'a']])),
      )
      t.is(first !== second, differ)
    }),
    { numRuns: 2_000 },
  )
})

test('separators, stars and percent signs of a value are encoded', (t) => {
  t.is(renderKey(template('d:{a}:{b}'), { a: 'x:*%{', b: 'é b' }), 'd:x%3A%2A%25%7B:%C3%A9%20b')
})

test('a missing param renders as a star', (t) => {
  t.is(renderKey(template('r:{a}:{b}'), { a: 1 }), 'r:1:*')
})

const wrong = test.macro((t, source: string, at: number, message: RegExp) => {
  const parsed = parseTemplate(source)
  t.false(parsed.ok)
  if (parsed.ok) return
  t.is(parsed.problems.length, 1)
  t.is(parsed.problems[0]?.at, at)
  t.regex(parsed.problems[0]?.message ?? '', message)
})
test('an empty template is refused', wrong, '', 0, /empty/)
test('an open placeholder is refused', wrong, 'd:{a', 2, /not closed/)
test('a stray brace is refused', wrong, 'd}:{a}', 1, /without a \{/)
test('a placeholder with a bad name is refused', wrong, 'd:{a b}', 2, /not the name/)
test('a placeholder that stands twice is refused', wrong, 'd:{a}:{a}', 6, /twice/)
test('neighbours without a separator are refused', wrong, 'd:{a}{b}', 5, /side by side/)
test('a separator that a value may contain is refused', wrong, 'd:{a}x{b}', 5, /does not separate/)
test('a star is refused in a template', wrong, 'd:*', 2, /cannot contain/)
test('a percent sign is refused', wrong, 'd%:{a}', 1, /%/)
test('a space is refused', wrong, 'd d:{a}', 0, /visible ASCII/)

const matches = test.macro((t, of: string, against: string, expected: unknown) => {
  t.deepEqual(matchPattern(pattern(of), template(against)), expected as never)
})
test('a pattern binds placeholders', matches, 'r:{u}:*', 'r:{user_id}:{month}', {
  user_id: { kind: 'param', name: 'u' },
})
test('a pattern binds text', matches, 'r:*:05', 'r:{user_id}:{month}', {
  month: { kind: 'text', text: '05' },
})
test('another name does not match', matches, 's:{u}:*', 'r:{user_id}:{month}', undefined)
test('a placeholder does not match text of the template', matches, '{u}:x', 'r:{y}', undefined)
test('a trailing star matches the rest', matches, 'r:*', 'r:{user_id}:{month}', {})
test('a shorter template does not match', matches, 'r:{a}:*', 'r:{a}', undefined)

test('templates that can make the same key overlap', (t) => {
  t.true(templatesOverlap(template('a:{x}'), template('{y}:b')))
  t.true(templatesOverlap(template('a:{x}'), template('a:{y}')))
  t.false(templatesOverlap(template('a:{x}'), template('b:{x}')))
  t.false(templatesOverlap(template('a:{x}'), template('a:{x}:{y}')))
})
