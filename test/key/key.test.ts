import test from 'ava'
import fc from 'fast-check'
import { parseKey, renderKey } from '../../src/key/render.ts'
import { type KeyTemplate, parsePattern, parseTemplate } from '../../src/key/template.ts'
import { commonKey, templatesOverlap } from '../../src/key/common-key.ts'
import { matchPattern } from '../../src/key/unify.ts'

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
test(
  'a text is cut only by what separates in the template',
  matches,
  'r:{u}:2026-03',
  'r:{user_id}:{month}',
  {
    user_id: { kind: 'param', name: 'u' },
    month: { kind: 'text', text: '2026-03' },
  },
)
test('a text is cut by what separates in the template', matches, 'd:1-{y}', 'd:{a}-{b}', {
  a: { kind: 'text', text: '1' },
  b: { kind: 'param', name: 'y' },
})
test('a placeholder is no part of a value', matches, 'd:2026-{m}', 'd:{day}', undefined)
test('a shorter template does not match', matches, 'r:{a}:*', 'r:{a}', undefined)

test('templates that can make the same key overlap', (t) => {
  t.true(templatesOverlap(template('a:{x}'), template('{y}:b')))
  t.true(templatesOverlap(template('a:{x}'), template('a:{y}')))
  t.false(templatesOverlap(template('a:{x}'), template('b:{x}')))
  t.false(templatesOverlap(template('a:{x}'), template('a:{x}:{y}')))
})

test('where two templates render the same key, they are said to overlap, and have the example in common', (t) => {
  const pieces = fc.constantFrom('a', 'b', '1', ':', '-', '/', '{x}', '{y}', '{z}')
  const source = fc.array(pieces, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''))
  const parsed = source.map((text) => parseTemplate(text)).filter((one) => one.ok)
  const value = fc.array(fc.constantFrom('a', 'b', '1', ':', '-', '/', '%')).map((parts) => parts.join(''))
  const values = fc.record({ x: value, y: value, z: value })
  fc.assert(
    fc.property(parsed, parsed, values, values, (one, two, first, second) => {
      if (!one.ok || !two.ok) return
      const same = renderKey(one.template, first) === renderKey(two.template, second)
      const example = commonKey(one.template, two.template)
      if (same) t.not(example, undefined)
      if (example === undefined) return
      for (const { template } of [one, two]) {
        const found = parseKey(template, example)
        if (found !== undefined) t.is(renderKey(template, found), example)
      }
    }),
    { numRuns: 20_000 },
  )
})

test('a pattern binds each text between separators to the param in whose place it stands', (t) => {
  const separated = TEMPLATES.filter((source) => !/[A-Za-z0-9]\{/.test(source))
  const value = fc.stringMatching(/^[A-Za-z0-9_.,;~]{1,8}$/)
  fc.assert(
    fc.property(fc.constantFrom(...separated), value, value, (source, one, two) => {
      const key = template(source)
      const separators = source.replaceAll(/\{.\}/g, '')
      const texts: Record<string, string> = { a: one, b: two }
      if (`${one}${two}`.split('').some((char) => separators.includes(char) && /[^A-Za-z0-9]/.test(char)))
        return
      const bound = source.replaceAll(/\{([ab])\}/g, (_, name: string) => texts[name] ?? '')
      const expected = key.params.map((name) => [
        name,
        name === 'c' ? { kind: 'param', name } : { kind: 'text', text: texts[name] },
      ])
      t.deepEqual(matchPattern(pattern(bound), key), Object.fromEntries(expected) as never)
    }),
    { numRuns: 2_000 },
  )
})
