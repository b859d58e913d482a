import type { Plan, Watch } from '../../plan/plan.ts'
import { type Fragment, identifier, integer, joinSql, sql } from '../../sql/fragment.ts'
import { baseLists, type ColumnList, partsOf } from './column-lists.ts'
import { unlessDoubt } from './doubt.ts'
import { comparedSql, onceEach, type SentColumn, sentTexts } from './key.ts'
import { conditionSql } from './rows-body.ts'
import type { Search } from './search.ts'
import { anyOf } from './target.ts'

/** What the queries carry, under names of its own that no user's column can clash with. */
export class Carried {
  /** Values that are sent. */
  readonly texts: readonly SentColumn[]
  /** Columns that are compared, those that are sent included. */
  readonly columns: readonly string[]
  readonly images: boolean
  /** Conditions, each once. */
  readonly conditions: readonly string[]
  /** The ways in which a pair can matter to a watch, each once. */
  readonly hits: readonly Fragment[]
  /** Lists of columns of which it is noted whether they differ; what differs to a watch is some of them together. */
  readonly #lists: readonly ColumnList[]
  /** Numbers by column, and by what tells a value apart. */
  readonly #names: ReadonlyMap<string, number>
  readonly #numbers: ReadonlyMap<string, number>

  constructor(plan: Plan, watches: readonly Watch[]) {
    const texts = watches.flatMap((watch) => sentTexts(plan, watch))
    const compared = watches.flatMap(({ columns }) => (columns === 'all' ? [] : columns))
    this.texts = onceEach(texts)
    this.columns = [...new Set([...texts.map(({ column }) => column), ...compared])].sort()
    this.images = watches.some(({ columns }) => columns === 'all')
    this.conditions = [...new Set(watches.flatMap(({ when }) => (when === undefined ? [] : [when.sql])))]
    this.#names = new Map(this.columns.map((name, index) => [name, index + 1]))
    this.#numbers = new Map(this.texts.map(({ id }, index) => [id, index + 1]))
    const hits = new Map(watches.map((watch) => hitSql(watch, this)).map((hit) => [hit.toString(), hit]))
    this.hits = [...hits.values()]
    this.#lists = baseLists(watches.map(({ columns }) => columns))
  }

  /** `c1`, `c2`, ... */
  column(name: string): Fragment {
    return sql`c${integer(this.#names.get(name) ?? 0)}`
  }

  /** `when_1`, `when_2`, ... */
  condition(condition: string): Fragment {
    return sql`when_${integer(this.conditions.indexOf(condition) + 1)}`
  }

  /** Whether a pair matters to any watch. */
  anyHit(): Fragment {
    if (this.conditions.length > 0 || this.hits.length === 1) return anyOf(this.hits)
    // One comparison of all columns says as much as one for each list of them.
    return differSql(this.images ? 'all' : this.columns, this)
  }

  /** What is noted of a pair to tell to which watches it matters: `differs_1`, ..., and `held_1`, ... */
  notes(): readonly Fragment[] {
    const held = this.conditions.map((_, index) => {
      const name = sql`when_${integer(index + 1)}`
      return sql`(o.${name} OR n.${name}) AS ${heldName(index)}`
    })
    return [
      ...this.#lists.map((list, index) => sql`${differSql(list, this)} AS ${differsName(index)}`),
      ...held,
    ]
  }

  /** Whether a pair matters to one of the watches, by what is noted of it. */
  noted(watches: readonly Watch[]): Fragment {
    const hits = watches.map(({ columns, when }) => {
      const parts = partsOf(columns, this.#lists).map(differsName)
      const differs = joinSql(parts, ' OR ')
      if (when === undefined) return differs
      const held = heldName(this.conditions.indexOf(when.sql))
      return sql`${parts.length === 1 ? differs : sql`(${differs})`} AND ${held}`
    })
    return anyOf(hits)
  }

  /** Whether it takes fewer comparisons to note how a pair differs than to ask for each search, which is this many. */
  paysToNote(asked: number): boolean {
    return asked > this.#lists.length
  }

  /** `old_1`, `new_1`, ... */
  text(version: 'old' | 'new', { id }: SentColumn): Fragment {
    const number = integer(this.#numbers.get(id) ?? 0)
    return version === 'old' ? sql`old_${number}` : sql`new_${number}`
  }
}

/** One transition table: the columns needed, and whether the conditions hold, which are not asked in doubt of the searches. */
export function versionsSql(
  rows: Fragment,
  alias: Fragment,
  carried: Carried,
  searches: readonly Search[],
  first: readonly Fragment[],
): Fragment {
  const list = [
    ...first,
    ...carried.columns.map((column) => sql`${alias}.${identifier(column)} AS ${carried.column(column)}`),
    ...(carried.images ? [sql`ROW(${alias}.*) AS image`] : []),
    ...carried.conditions.map(
      (condition) =>
        sql`${unlessDoubt(conditionSql(condition), searches)} AS ${carried.condition(condition)}`,
    ),
  ]
  return sql`
    SELECT
      ${joinSql(list, ',\n')}
    FROM ${rows} AS ${alias}
  `
}

export function carryText(value: SentColumn, carried: Carried): Fragment {
  const sides = (['old', 'new'] as const).map((version) => {
    const column = sql`${version === 'old' ? sql`o` : sql`n`}.${carried.column(value.column)}`
    return sql`${comparedSql(value, column)} AS ${carried.text(version, value)}`
  })
  return joinSql(sides, ', ')
}

/** Whether a pair matters to a watch: relevant columns differ bit by bit, and the condition held before or holds after. */
export function hitSql({ columns, when }: Watch, carried: Carried): Fragment {
  const changed = differSql(columns, carried)
  if (when === undefined) return changed
  const holds = carried.condition(when.sql)
  return sql`${changed} AND (o.${holds} OR n.${holds})`
}

function differSql(names: ColumnList, carried: Carried): Fragment {
  if (names === 'all') return sql`o.image *<> n.image`
  const side = (version: Fragment): Fragment =>
    sql`ROW(${joinSql(
      names.map((name) => sql`${version}.${carried.column(name)}`),
      ', ',
    )})::record`
  return sql`${side(sql`o`)} *<> ${side(sql`n`)}`
}

function differsName(index: number): Fragment {
  return sql`differs_${integer(index + 1)}`
}

function heldName(index: number): Fragment {
  return sql`held_${integer(index + 1)}`
}
