import test from 'ava'
import {
  canonicalParam,
  decodeParam,
  PARAM_TYPES,
  type ParamType,
  type ParamValue,
} from '../../src/key/param.ts'
import { StalemateError } from '../../src/errors.ts'

const same = test.macro((t, type: ParamType, given: unknown, expected: ParamValue) => {
  t.is(canonicalParam(type, given), expected)
})
test(
  'a uuid is lower-cased',
  same,
  'uuid',
  '4F3C2A1E-8F6D-4A57-9B0A-1D2E3F405162',
  '4f3c2a1e-8f6d-4a57-9b0a-1d2e3f405162',
)
test(
  'a uuid without hyphens gets them',
  same,
  'uuid',
  '4f3c2a1e8f6d4a579b0a1d2e3f405162',
  '4f3c2a1e-8f6d-4a57-9b0a-1d2e3f405162',
)
test(
  'a bigint of JavaScript becomes its digits',
  same,
  'bigint',
  9_223_372_036_854_775_807n,
  '9223372036854775807',
)
test('a safe number is a bigint', same, 'bigint', 42, '42')
test('digits are a bigint', same, 'bigint', '-42', '-42')
test('negative zero is zero', same, 'int', -0, 0)
test('negative zero is zero in a bigint', same, 'bigint', -0, '0')
test('an empty text is a text', same, 'text', '', '')
test('a label of an enum is held as it is', same, 'enum:sales.status', 'Open: 1', 'Open: 1')
test('a leap day is a date', same, 'date', '2028-02-29', '2028-02-29')

const refused = test.macro((t, type: ParamType, given: unknown) => {
  const error = t.throws(() => canonicalParam(type, given, 'p'), { instanceOf: StalemateError })
  t.is(error.code, 'param-invalid')
  t.regex(error.message, /^Expected .* for p, got .*\.$/)
})
const WRONG: readonly (readonly [ParamType, unknown])[] = [
  ['uuid', 'not-a-uuid'],
  ['uuid', 7],
  ['int', 2 ** 31],
  ['int', 1.5],
  ['int', '1'],
  ['int', Number.NaN],
  ['bigint', '9223372036854775808'],
  ['bigint', '1e3'],
  ['bigint', ' 1'],
  ['bigint', '01'],
  ['bigint', 2 ** 53],
  ['text', 'a\0b'],
  ['text', '\uD800'],
  ['text', 5],
  ['boolean', 'true'],
  ['boolean', 1],
  ['date', '2027-02-29'],
  ['date', '2027-2-9'],
  ['date', new Date(0)],
  ['enum:status', ''],
  ['enum:status', 1],
  ['enum:status', null],
  ['enum:status', 'a\0'],
  ...PARAM_TYPES.flatMap((type) => [[type, null] as const, [type, undefined] as const, [type, {}] as const]),
]
for (const [type, given] of WRONG)
  test(`${typeof given} ${String(given)} is no ${type}`, refused, type, given)

test('a Date is refused with a hint, since it is no day', (t) => {
  const error = t.throws(() => canonicalParam('date', new Date(0)), { instanceOf: StalemateError })
  t.regex(error.hint ?? '', /YYYY-MM-DD/)
})

test('the text of the database gives the same value as the application', (t) => {
  t.is(decodeParam('int', '-7'), canonicalParam('int', -7))
  t.is(decodeParam('boolean', 'true'), canonicalParam('boolean', true))
  t.is(decodeParam('bigint', '12'), canonicalParam('bigint', 12n))
  t.is(decodeParam('date', '2028-02-29'), canonicalParam('date', '2028-02-29'))
  t.is(decodeParam('date', '2028-02-29T10:00:00'), undefined, 'a date param on a timestamp column')
  t.is(decodeParam('date', 'infinity'), undefined)
  t.is(decodeParam('int', '1e3'), undefined)
  t.is(decodeParam('boolean', 't'), undefined)
})
