import type { Plan, PlanTable, Watch } from '../../plan/plan.ts'
import { sentColumns } from '../../plan/sent.ts'
import { type Fragment, identifier, integer, joinSql, sql } from '../../sql/fragment.ts'
import { orDoubt, unlessDoubt } from './doubt.ts'
import { type Found, foundBy } from './found.ts'
import type { Frame } from './frame.ts'
import type { Source } from './group.ts'
import { comparedSql, onceEach, rowKey, type SentColumn, sentTexts } from './key.ts'
import { mostSql } from './most.ts'
import { oneRowQuery, type OneTarget, oneRowTargets } from './one-row.ts'
import type { Queries } from './queries.ts'
import { conditionSql } from './rows-body.ts'
import { limitTo, SAMPLE } from './sample.ts'
import type { Search } from './search.ts'
import { anyOf, type Find, joinTargets, targetsSql } from './target.ts'

/**
 * The queries of an update: for one row and for any number of them. The server adds the old and the new version of a
 * row to the two transition tables together, so rows of the same place are one row before and after, whatever happened
 * to its key. When a BEFORE trigger swallows a row on its way to another partition the tables differ in length; then no
 * pair is trusted and every row counts. FULL JOIN, because a plan made for one row must not become a nested loop over
 * thousands.
 */
export function updateQueries(
  plan: Plan,
  { table }: PlanTable,
  searches: readonly Search[],
  frame: Frame,
): Queries {
  const alias = identifier(table.name)
  const watches = searches.flatMap(({ sources }) => sources.flatMap((source) => source.watches))
  const carried = new Carried(plan, watches)
  const hits = new Map(watches.map((watch) => hitSql(watch, carried)).map((hit) => [hit.toString(), hit]))
  const many = searches.map((search) => {
    const found = foundBy(plan, search)
    const finds = search.sources.flatMap((source) =>
      findPairs(plan, source, found, carried, [...hits.keys()]),
    )
    return orDoubt(search, targetsSql(search, finds, found.key), searches)
  })
  const versions = (rows: Fragment): Fragment => versionsSql(rows, alias, carried, [], [])
  const place = sql`row_number() OVER () AS place`
  const placed = (rows: Fragment): Fragment => sql`
    ${versionsSql(rows, alias, carried, searches, [place])}
    ${limitTo(SAMPLE)}
  `
  const list = [
    ...carried.texts.map((value) => carryText(value, carried)),
    // Where there is but one way to matter, all pairs that are kept do.
    ...(hits.size === 1
      ? []
      : [sql`u.unpaired`, ...[...hits.values()].map((hit, index) => sql`${hit} AS ${hitName(index)}`)]),
  ]
  return {
    one: oneRowQuery(
      searches.map((search) => onePair(plan, search, carried)),
      frame,
      sql`
        (
          ${versions(sql`old_rows`)}
        ) AS o,
        (
          ${versions(sql`new_rows`)}
        ) AS n
      `,
    ),
    many: sql`
      WITH
        -- The versions of a row have the same place in both tables.
        pairs AS (
          SELECT
            ${joinSql(list, ',\n')}
          FROM (
            ${placed(sql`old_rows`)}
          ) AS o
          FULL JOIN (
            ${placed(sql`new_rows`)}
          ) AS n ON n.place = o.place
          -- A BEFORE trigger can swallow a row that moves to another partition: then every row counts. A sample need not
          -- know: it is taken for enough only if it has all keys that there are.
          CROSS JOIN (
            SELECT ${SAMPLE} IS NULL AND (SELECT count(*) FROM old_rows) <> (SELECT count(*) FROM new_rows) AS unpaired
          ) AS u
          WHERE u.unpaired
            OR ${anyOf([...hits.values()])}
        )
      SELECT
        ${joinTargets(many)}
    `,
    most: mostSql(plan, searches, alias),
  }
}

/** What the queries carry, under names of its own that no user's column can clash with. */
class Carried {
  /** Values that are sent. */
  readonly texts: readonly SentColumn[]
  /** Columns that are compared, those that are sent included. */
  readonly columns: readonly string[]
  readonly images: boolean
  /** Conditions, each once. */
  readonly conditions: readonly string[]
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
  }

  /** `c1`, `c2`, ... */
  column(name: string): Fragment {
    return sql`c${integer(this.#names.get(name) ?? 0)}`
  }

  /** `when_1`, `when_2`, ... */
  condition(condition: string): Fragment {
    return sql`when_${integer(this.conditions.indexOf(condition) + 1)}`
  }

  /** `old_1`, `new_1`, ... */
  text(version: 'old' | 'new', { id }: SentColumn): Fragment {
    const number = integer(this.#numbers.get(id) ?? 0)
    return version === 'old' ? sql`old_${number}` : sql`new_${number}`
  }
}

/** One transition table: the columns needed, and whether the conditions hold, which are not asked in doubt of the searches. */
function versionsSql(
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

function carryText(value: SentColumn, carried: Carried): Fragment {
  const sides = (['old', 'new'] as const).map((version) => {
    const column = sql`${version === 'old' ? sql`o` : sql`n`}.${carried.column(value.column)}`
    return sql`${comparedSql(value, column)} AS ${carried.text(version, value)}`
  })
  return joinSql(sides, ', ')
}

/** Whether a pair matters to a watch: relevant columns differ bit by bit, and the condition held before or holds after. */
function hitSql({ columns, when }: Watch, carried: Carried): Fragment {
  const changed = columns === 'all' ? sql`o.image *<> n.image` : differSql(columns, carried)
  if (when === undefined) return changed
  const holds = carried.condition(when.sql)
  return sql`${changed} AND (o.${holds} OR n.${holds})`
}

function differSql(names: readonly string[], carried: Carried): Fragment {
  const side = (version: Fragment): Fragment =>
    sql`ROW(${joinSql(
      names.map((name) => sql`${version}.${carried.column(name)}`),
      ', ',
    )})::record`
  return sql`${side(sql`o`)} *<> ${side(sql`n`)}`
}

function onePair(plan: Plan, search: Search, carried: Carried): OneTarget {
  const rows = search.sources.map(({ watch, watches }) => ({
    hit: anyOf(watches.map((each) => hitSql(each, carried))),
    keys:
      watch.params.length === 0
        ? []
        : versionsOf(watch).map((version) =>
            rowKey(
              plan,
              watch,
              (value) => sql`${version === 'old' ? sql`o` : sql`n`}.${carried.column(value.column)}`,
            ),
          ),
  }))
  return oneRowTargets(search, rows)
}

function findPairs(
  plan: Plan,
  source: Source,
  found: Found,
  carried: Carried,
  hits: readonly string[],
): readonly Find[] {
  const { watch, watches } = source
  const from = sql`pairs`
  const own = [...new Set(watches.map((each) => hits.indexOf(hitSql(each, carried).toString())))]
  const hit = hits.length === 1 ? [] : [sql`(unpaired OR ${joinSql(own.map(hitName), ' OR ')})`]
  if (watch.params.length === 0) return [{ list: undefined, from, where: hit }]
  const values = sentTexts(plan, watch)
  return versionsOf(watch).map((version) => {
    return {
      list: found.list(source, (value) => carried.text(version, value)),
      from,
      where: [
        ...hit,
        ...(version === 'new' ? [movedSql(values, carried)] : []),
        ...values.map((value) => sql`${carried.text(version, value)} IS NOT NULL`),
      ],
    }
  })
}

/** Most updates leave the key as it is, and it is found with the old version. */
function movedSql(values: readonly SentColumn[], carried: Carried): Fragment {
  const moved = values.map(
    (value) => sql`${carried.text('new', value)} IS DISTINCT FROM ${carried.text('old', value)}`,
  )
  return moved.length === 1 ? anyOf(moved) : sql`(${joinSql(moved, ' OR ')})`
}

/** A key of nothing but texts of the rules is the same before and after. */
function versionsOf(watch: Watch): readonly ('old' | 'new')[] {
  return sentColumns(watch).length > 0 ? ['old', 'new'] : ['old']
}

function hitName(index: number): Fragment {
  return sql`hit_${integer(index + 1)}`
}
