import { findEnum, isSame } from './find.ts'
import { showName, showType } from './show.ts'
import type { Catalog, CatalogColumn, QualifiedName } from './catalog.ts'

/** Why something cannot be, in one sentence, and what to do about it in another. */
export type Reason = { readonly message: string; readonly hint: string }

const SYSTEM = 'pg_catalog'

/** Base types of PostgreSQL's own whose values a param of the type can have, all of them. */
const FITTING: ReadonlyMap<string, readonly string[]> = new Map([
  ['uuid', ['uuid']],
  ['int', ['int2', 'int4']],
  ['bigint', ['int2', 'int4', 'int8']],
  ['text', ['text', 'varchar', 'name']],
  ['boolean', ['bool']],
  ['date', ['date']],
])

/**
 * The param type for a column: one of the language's own, or the name of an enum such as `status` or
 * `sales.status`; `undefined` where no param can have the column's values.
 */
export function paramTypeOf(catalog: Catalog, { base }: CatalogColumn): string | undefined {
  if (base.schema === SYSTEM) {
    for (const [type, names] of FITTING) if (names.includes(base.name)) return type
  }
  return findEnum(catalog, base) && showName(base)
}

/**
 * Tells whether a param can have every value of a column, in the same text; if not, why not.
 * @param paramType `uuid`, `int`, `bigint`, `text`, `boolean`, `date`, or the name of an enum, in `public` unless
 *   it says its schema
 * @param subject the beginning of a sentence that ends with the type
 * @returns `undefined` when it fits
 */
export function explainMisfit(
  catalog: Catalog,
  paramType: string,
  column: CatalogColumn,
  subject = `The column ${column.name} is of type`,
): Reason | undefined {
  const { base } = column
  const names = FITTING.get(paramType)
  if (names !== undefined) {
    if (base.schema === SYSTEM && names.includes(base.name)) return undefined
  } else {
    const wanted = readName(paramType)
    if (findEnum(catalog, wanted) === undefined) {
      return {
        message: `${paramType} is neither a type of params nor an enum of the database.`,
        hint: `The types are ${[...FITTING.keys()].join(', ')}, and the names of enums.`,
      }
    }
    if (isSame(wanted, base)) return undefined
  }
  const special = paramType === 'text' ? SPECIAL.get(base.name) : undefined
  if (special !== undefined) return special(`${subject} ${showType(column)}`)
  const fitting = paramTypeOf(catalog, column)
  return {
    message: `${subject} ${showType(column)}, which a param of type ${paramType} cannot hold.`,
    hint:
      fitting === undefined
        ? 'No param can: choose a column that identifies the row in another way.'
        : `Declare the param as ${fitting}.`,
  }
}

/** Tells whether a param of the type can have every value of the column, in the same text. */
export function typeFits(catalog: Catalog, paramType: string, column: CatalogColumn): boolean {
  return explainMisfit(catalog, paramType, column) === undefined
}

/** Types that look as if they fit and do not. */
const SPECIAL: ReadonlyMap<string, (subject: string) => Reason> = new Map([
  [
    'bpchar',
    (subject: string): Reason => ({
      message: `${subject}, which is filled up with blanks, so that one value has several texts.`,
      hint: 'Change the column to text or character varying.',
    }),
  ],
  [
    'citext',
    (subject: string): Reason => ({
      message: `${subject}, for which A equals a, so that one value has several texts.`,
      hint: 'Use a column of type text, such as a generated one that holds lower(...).',
    }),
  ],
])

/** `status` or `sales.status`; an enum's name with a dot in it cannot be written so. */
function readName(text: string): QualifiedName {
  const dot = text.indexOf('.')
  return dot < 0
    ? { schema: 'public', name: text }
    : { schema: text.slice(0, dot), name: text.slice(dot + 1) }
}
