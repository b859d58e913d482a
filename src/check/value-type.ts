import type { CatalogColumn } from '../catalog/catalog.ts'
import type { QueryColumn, QueryValue } from '../sql/query-value.ts'

/** How types that SQL knows by several names are written. */
const SHOWN: ReadonlyMap<string, string> = new Map([
  ['int2', 'smallint'],
  ['int4', 'integer'],
  ['int8', 'bigint'],
  ['bool', 'boolean'],
  ['float4', 'real'],
  ['float8', 'double precision'],
  ['varchar', 'character varying'],
  ['bpchar', 'character'],
  ['timestamptz', 'timestamp with time zone'],
  ['timestamp', 'timestamp without time zone'],
])

const STRINGS: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar', 'name', 'citext'])
/** From the narrowest. */
const INTEGERS: readonly string[] = ['int2', 'int4', 'int8']

const words = (text: string): readonly string[] => text.split(' ')

/** What functions of PostgreSQL give, all that go by the name. */
const RESULTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    text:
      'concat concat_ws format md5 initcap replace split_part to_char repeat lpad rpad left right translate ' +
      'regexp_replace chr encode to_hex quote_ident quote_literal timeofday version',
    int8: 'count row_number rank dense_rank nextval currval lastval',
    int4: 'char_length character_length octet_length ascii strpos cardinality array_length ntile',
    float8: 'date_part percent_rank cume_dist',
    numeric: 'extract to_number',
    bool: 'bool_and bool_or every starts_with',
    date: 'to_date make_date',
    timestamptz:
      'now statement_timestamp clock_timestamp transaction_timestamp to_timestamp make_timestamptz',
    uuid: 'gen_random_uuid uuidv4 uuidv7',
    json: 'to_json json_build_object json_agg row_to_json',
    jsonb: 'to_jsonb jsonb_build_object jsonb_agg',
  }).flatMap(([type, names]) => words(names).map((name): [string, string] => [name, type])),
)

/** Functions that give a text where they are given one; of something else, such as a range, they give that. */
const OF_TEXT: ReadonlySet<string> = new Set(
  words('lower upper btrim ltrim rtrim substring substr overlay reverse string_agg'),
)
/** Functions that give what they are given, with up to two arguments. */
const SAME: ReadonlySet<string> = new Set(
  words('min max any_value first_value last_value nth_value lag lead'),
)

/** What is known of functions: their results by name, and those whose result depends on what they are given. */
export const functionResults = () => ({ always: RESULTS, ofText: OF_TEXT, same: SAME })

/** The type of PostgreSQL's own, as a column of it. */
function columnOfType(name: string, type: string): CatalogColumn {
  const base = { schema: 'pg_catalog', name: type }
  return { name, type: SHOWN.get(type) ?? type, base, category: '', nullable: true }
}

/**
 * The type of a value, as a column of it; `undefined` where it is not certain.
 * @param columnOf the column that a reference means, if there is only one
 */
export function typeOfValue(
  value: QueryValue | undefined,
  columnOf: (column: QueryColumn) => CatalogColumn | undefined,
): CatalogColumn | undefined {
  const typeOf = (inner: QueryValue | undefined): CatalogColumn | undefined => typeOfValue(inner, columnOf)
  switch (value?.kind) {
    case 'column':
      return columnOf(value.column)
    case 'typed':
      return columnOfType('', value.type)
    case 'choice': {
      const typed = value.values.filter((one) => one?.kind !== 'untyped').map(typeOf)
      return typed.includes(undefined) ? undefined : commonType(typed.flatMap((one) => one ?? []))
    }
    case 'call':
      return resultOf(value.name, value.args, typeOf)
    case 'untyped':
    case undefined:
      return undefined
  }
}

function resultOf(
  name: string,
  args: readonly (QueryValue | undefined)[],
  typeOf: (value: QueryValue | undefined) => CatalogColumn | undefined,
): CatalogColumn | undefined {
  const known = RESULTS.get(name)
  if (known !== undefined) return columnOfType('', known)
  const [first] = args
  const given = typeOf(first)
  if (OF_TEXT.has(name))
    return first?.kind === 'untyped' || (given && isString(given)) ? columnOfType('', 'text') : undefined
  if (given === undefined) return undefined
  const { schema, name: type } = given.base
  // What these functions take as a text, they give as one.
  if (SAME.has(name) && args.length <= 2)
    return schema === 'pg_catalog' && ['varchar', 'name'].includes(type) ? columnOfType('', 'text') : given
  if (schema !== 'pg_catalog' || !INTEGERS.includes(type)) return undefined
  if (name === 'abs') return given
  if (name === 'sum') return columnOfType('', type === 'int8' ? 'numeric' : 'int8')
  return name === 'avg' ? columnOfType('', 'numeric') : undefined
}

/** The type of a value that is one of several; `undefined` where other rules of PostgreSQL find it. */
function commonType(types: readonly CatalogColumn[]): CatalogColumn | undefined {
  const [first] = types
  if (first === undefined) return undefined
  const different = new Map(types.map((type) => [`${type.base.schema}.${type.base.name}`, type]))
  if (different.size === 1) return first
  const text = types.find(({ base }) => base.schema === 'pg_catalog' && base.name === 'text')
  if (types.every(isString)) return text
  const widths = types.map(({ base }) => (base.schema === 'pg_catalog' ? INTEGERS.indexOf(base.name) : -1))
  return widths.includes(-1) ? undefined : types[widths.indexOf(Math.max(...widths))]
}

export function isString({ base }: CatalogColumn): boolean {
  return STRINGS.has(base.name)
}
