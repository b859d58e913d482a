import { StalemateError } from '../errors.ts'

/**
 * The types a param may have: those whose text is the same in SQL and in JavaScript whatever the
 * session settings of the writer are.
 */
export const PARAM_TYPES = ['uuid', 'int', 'bigint', 'text', 'boolean', 'date'] as const
export type BasicType = (typeof PARAM_TYPES)[number]

/** A database enum: `enum:` and its name as in SQL, without the schema when that is `public`. */
export type EnumType = `enum:${string}`
export type ParamType = BasicType | EnumType

export function isEnumType(type: ParamType): type is EnumType {
  return type.startsWith('enum:')
}

/** A param as the cache holds it: `int` as number, `boolean` as boolean, everything else as string. */
export type ParamValue = string | number | boolean

const UUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/
/** NUL and lone surrogates: PostgreSQL cannot store them, so no row can ever have such a param. */
const NOT_TEXT = /\0|\p{Surrogate}/u
const INTEGER = /^-?(?:0|[1-9]\d*)$/
const DATE = /^\d{4}-\d{2}-\d{2}$/
const INT_MIN = -(2 ** 31)
const INT_MAX = 2 ** 31 - 1
const BIGINT_MIN = -(2n ** 63n)
const BIGINT_MAX = 2n ** 63n - 1n

const expected: Readonly<Record<BasicType, string>> = {
  uuid: 'a UUID such as 4f3c2a1e-8f6d-4a57-9b0a-1d2e3f405162',
  int: 'a whole number of 32 bits',
  bigint: 'a bigint, a safe whole number, or its digits as a string, within 64 bits',
  text: 'a string without NUL and lone surrogates',
  boolean: 'true or false',
  date: 'a date as YYYY-MM-DD',
}

/**
 * The one form in which the cache holds `value`, so that two spellings of one value are one entry.
 * A value of another type is a `param-invalid`, never coerced by guessing.
 */
export function canonicalParam(type: ParamType, value: unknown, name = 'param'): ParamValue {
  const canonical = tryCanonical(type, value)
  if (canonical !== undefined) return canonical
  throw new StalemateError(
    'param-invalid',
    `Expected ${isEnumType(type) ? `a label of the enum ${type.slice(5)}` : expected[type]} for ${name}, got ${describe(value)}.`,
    value instanceof Date
      ? { hint: 'A Date is a point in time, not a day: pass the day as YYYY-MM-DD.' }
      : {},
  )
}

/** A param from its text on the wire; `undefined` when the text is not of that type. */
export function decodeParam(type: ParamType, text: string): ParamValue | undefined {
  if (isEnumType(type)) return tryCanonical(type, text)
  switch (type) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'int':
      return INTEGER.test(text) ? tryCanonical('int', Number(text)) : undefined
    case 'uuid':
    case 'bigint':
    case 'text':
    case 'date':
      return tryCanonical(type, text)
  }
}

function tryCanonical(type: ParamType, value: unknown): ParamValue | undefined {
  if (isEnumType(type)) return value === '' ? undefined : tryCanonical('text', value)
  switch (type) {
    case 'text':
      return typeof value === 'string' && !NOT_TEXT.test(value) ? value : undefined
    case 'uuid':
      return typeof value === 'string' ? canonicalUuid(value) : undefined
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'int':
      return typeof value === 'number' && Number.isInteger(value) && value >= INT_MIN && value <= INT_MAX
        ? value + 0
        : undefined
    case 'bigint':
      return canonicalBigint(value)
    case 'date':
      return typeof value === 'string' && isDate(value) ? value : undefined
  }
}

function canonicalUuid(value: string): string | undefined {
  const lower = value.toLowerCase()
  if (!UUID.test(lower)) return undefined
  if (lower.length === 36) return lower
  const hex = lower.replaceAll('-', '')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

function canonicalBigint(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value + 0) : undefined
  if (typeof value === 'string' && (value.length > 20 || !INTEGER.test(value))) return undefined
  if (typeof value !== 'string' && typeof value !== 'bigint') return undefined
  const whole = BigInt(value)
  return whole >= BIGINT_MIN && whole <= BIGINT_MAX ? String(whole) : undefined
}

function isDate(value: string): boolean {
  if (!DATE.test(value)) return false
  const parsed = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(value) && value >= '0001-01-01'
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    return `${typeof value} ${String(value)}`
  }
  return value instanceof Date
    ? 'a Date'
    : Array.isArray(value)
      ? 'an array'
      : `a value of type ${typeof value}`
}
