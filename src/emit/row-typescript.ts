const NUMBERS = new Set(['smallint', 'integer', 'oid', 'real', 'double precision'])
const DATES = new Set(['timestamp without time zone', 'timestamp with time zone'])
/** Arrays that the driver reads element by element. */
const STRING_ARRAYS = new Set(
  'text[];character varying[];character[];bigint[];uuid[];date[];interval[]'.split(';'),
)

/** The type in TypeScript of a column's value as a loader hands it out, NULL apart. */
export function rowTypescript(type: string): string {
  if (NUMBERS.has(type)) return 'number'
  if (DATES.has(type)) return 'Date'
  if (type === 'boolean') return 'boolean'
  if (type === 'json' || type === 'jsonb') return 'unknown'
  if (type === 'bytea') return 'Buffer'
  if (STRING_ARRAYS.has(type)) return '(string | null)[]'
  if (type === 'numeric[]' || (type.endsWith('[]') && NUMBERS.has(type.slice(0, -2))))
    return '(number | null)[]'
  if (type === 'boolean[]') return '(boolean | null)[]'
  // Others the driver leaves as texts, or in arrays as it likes.
  return type.endsWith('[]') ? 'unknown' : 'string'
}
