import { PARAM_TYPES, type ParamType } from '../key/param.ts'
import { parseTableName, showName } from './identifier.ts'
import { spanInScalar } from './scalar-span.ts'
import { suggest } from './suggest.ts'
import type { Report } from './report.ts'
import type { Source } from './source.ts'
import type { YamlText } from './yaml-node.ts'

/** Other names of types, with the one that is meant. */
const FAMILIAR: ReadonlyMap<string, ParamType> = new Map(
  Object.entries({
    int: 'int2 int4 integer smallint number serial smallserial',
    bigint: 'int8 long bigserial serial8',
    text: 'varchar string char bpchar name citext',
    boolean: 'bool',
    uuid: 'guid',
  }).flatMap(([type, names]) => names.split(' ').map((name) => [name, type as ParamType] as const)),
)
/** Types of PostgreSQL whose text depends on the session, or that name no one thing. */
const UNFIT = new Set(
  `timestamp timestamptz datetime time timetz interval numeric decimal money float float4 float8 real double
  json jsonb xml bytea inet cidr macaddr bit varbit point oid regclass tsvector array`.split(/\s+/),
)

/** Reads the type of a param: one of the language's own, or an enum by its name. */
export function readParamType(source: Source, text: YamlText, report: Report): ParamType | undefined {
  const { value } = text
  const basic = PARAM_TYPES.find((type) => type === value)
  if (basic !== undefined || value === '') return basic
  const lower = value.toLowerCase().replace(/[([ ].*$/s, '')
  const meant = FAMILIAR.get(lower) ?? PARAM_TYPES.find((type) => type === lower) ?? near(lower)
  const types = PARAM_TYPES.join(', ')
  if (meant !== undefined) {
    const other = /^[a-z][a-z0-9_]*$/.test(value) ? ` An enum of that name is written public.${value}.` : ''
    report.error(
      source,
      text,
      'wrong-value',
      `Expected one of the types ${types}, or the name of an enum, got ${JSON.stringify(value.slice(0, 60))}.`,
      `Did you mean ${meant}?${other}`,
    )
    return undefined
  }
  if (UNFIT.has(lower)) {
    report.error(
      source,
      text,
      'wrong-value',
      `A param cannot be of type ${value.slice(0, 60)}: its values have no text that is always the same.`,
      `The types are ${types}, and the names of enums.`,
    )
    return undefined
  }
  const parsed = parseTableName(value)
  if (parsed.ok) return `enum:${showName(parsed.name)}`
  const { at, length, message, hint } = parsed.problem
  report.error(source, spanInScalar(source, text, at, length), 'bad-identifier', message, hint)
  return undefined
}

function near(name: string): string | undefined {
  return /^[a-z0-9]+$/.test(name) && name.length > 2 ? suggest(name, PARAM_TYPES) : undefined
}
