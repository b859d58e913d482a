import type { Plan } from '../../plan/plan.ts'
import { type Fragment, integer, joinSql, sql } from '../../sql/fragment.ts'
import type { Source } from './group.ts'
import { comparedSql, comparedText, keySql, type SentColumn, sentTexts, textSql } from './key.ts'
import type { Search } from './search.ts'
import type { KeyOf } from './target.ts'

/** How the values of many rows are found and made keys. */
export type Found = {
  /** What to select of a row of a source, given the SQL of its columns. */
  readonly list: (source: Source, column: (value: SentColumn) => Fragment) => Fragment
  /** The key, made of what was selected, where that is not the key. */
  readonly key: KeyOf | undefined
}

/**
 * Different values first, then their keys: text is made once for each key, not for each row. Sources whose columns differ
 * may differ in type, so that only their keys can be put into one list.
 */
export function foundBy(plan: Plan, { sources }: Pick<Search, 'sources'>): Found {
  const [source, other] = sources
  const values = source === undefined || other !== undefined ? [] : sentTexts(plan, source.watch)
  if (source === undefined || values.length === 0)
    return {
      list: ({ watch }, column) =>
        sql`${keySql(plan, watch, (value) => textSql(value, column(value)))} AS key`,
      key: undefined,
    }
  const names = new Map(values.map((value, index) => [value.id, sql`v${integer(index + 1)}`]))
  const name = (value: SentColumn): Fragment => names.get(value.id) ?? sql`NULL`
  return {
    list: (_, column) =>
      joinSql(
        values.map((value) => sql`${comparedSql(value, column(value))} AS ${name(value)}`),
        ', ',
      ),
    key: {
      key: keySql(plan, source.watch, (value) => comparedText(value, name(value))),
      order: joinSql([...names.values()], ', '),
    },
  }
}
