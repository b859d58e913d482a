import type { ParamType } from '../../../src/key/param.ts'
import type { Pick } from './pick.ts'
import { COLUMNS, KEYS, type RandomColumn, TABLES, TEXTS, type ValueType } from './random-schema.ts'

export type RandomQuery = {
  readonly sql: string
  readonly params: readonly { readonly name: string; readonly type: ParamType }[]
  /** What of the grammar it uses. */
  readonly features: readonly string[]
}

type Relation = { readonly alias: string; readonly columns: readonly RandomColumn[] }
type Selected = { readonly sql: string; readonly columns: readonly RandomColumn[] }
type Want = readonly ValueType[] | undefined

/** Values that a param of the type is tried with. */
export function paramDomain(type: ParamType): readonly (string | number)[] {
  return type === 'text' ? TEXTS : Array.from({ length: KEYS }, (_, index) => index + 1)
}

/** A query that gives the same rows each time, up to their order, and asks for all of its params. */
export function randomQuery(pick: Pick): RandomQuery {
  for (;;) {
    const types = Array.from({ length: pick.chance(0.35) ? 2 : 1 }, () => pick.of(['int', 'bigint', 'int', 'text'] as const)) // prettier-ignore
    const params = types.map((type, index) => ({ name: `p${index + 1}`, type }))
    const writer = new QueryWriter(pick, params)
    const { sql } = writer.query()
    if (params.every(({ name }) => sql.includes(`:${name}`))) return { sql, params, features: [...writer.features].sort() } // prettier-ignore
  }
}

class QueryWriter {
  readonly features = new Set<string>()
  readonly #pick: Pick
  readonly #params: RandomQuery['params']
  readonly #ctes: Relation[] = []
  #aliases = 0

  constructor(pick: Pick, params: RandomQuery['params']) {
    this.#pick = pick
    this.#params = params
  }

  query(): Selected {
    const heads: string[] = []
    if (this.#pick.chance(0.12)) {
      this.#feature('cte')
      const body = this.#body(1, [], undefined)
      heads.push(`x1 AS (${body.sql})`)
      this.#ctes.push({ alias: 'x1', columns: body.columns })
    }
    const recursive = this.#pick.chance(0.03)
    if (recursive) {
      this.#feature('recursion')
      const [one, other] = [this.#pick.of(TABLES), this.#pick.of(TABLES)]
      heads.push(`r1 (id, a) AS (SELECT m.id, m.a FROM ${one} m WHERE ${this.#paramEquals([{ alias: 'm', columns: COLUMNS }])} UNION SELECT n.id, n.a FROM ${other} n JOIN r1 ON r1.a = n.id)`) // prettier-ignore
      this.#ctes.push({ alias: 'r1', columns: [{ name: 'id', type: 'int' }, { name: 'a', type: 'int' }] }) // prettier-ignore
    }
    const main = this.#body(2, [], undefined)
    const head = heads.length === 0 ? '' : `WITH ${recursive ? 'RECURSIVE ' : ''}${heads.join(', ')} `
    return { ...main, sql: head + main.sql }
  }

  #feature(name: string): void {
    this.features.add(name)
  }

  /** A select, or two of them put together. */
  #body(depth: number, outer: readonly Relation[], want: Want): Selected {
    if (depth > 0 && this.#pick.chance(0.14)) {
      const operation = this.#pick.of([
        'UNION',
        'UNION ALL',
        'INTERSECT',
        'EXCEPT',
        'INTERSECT ALL',
        'EXCEPT ALL',
      ])
      this.#feature(operation.split(' ')[0]?.toLowerCase() ?? '')
      const left = this.#select(depth - 1, outer, want)
      const right = this.#select(
        depth - 1,
        outer,
        left.columns.map(({ type }) => type),
      )
      const sql = `(${left.sql}) ${operation} (${right.sql})`
      return { sql: this.#limited(sql, left.columns), columns: left.columns }
    }
    return this.#select(depth, outer, want)
  }

  #limited(sql: string, columns: readonly RandomColumn[]): string {
    if (!this.#pick.chance(0.06)) return sql
    this.#feature('limit')
    return `${sql} ORDER BY ${columns.map((_, index) => index + 1).join(', ')} LIMIT ${this.#pick.below(3) + 1}${this.#pick.chance(0.3) ? ' OFFSET 1' : ''}`
  }

  #select(depth: number, outer: readonly Relation[], want: Want): Selected {
    const { sql: from, relations } = this.#from(depth, outer)
    const where = this.#where(depth, relations, outer)
    const kind = this.#pick.weighted({ plain: 52, grouped: 18, aggregate: 10, distinct: 7, distinctOn: 5, window: 4 }) // prettier-ignore
    const all = [...relations]
    const tail = ` FROM ${from}${where}`
    const types = want ?? Array.from({ length: this.#pick.below(3) + 1 }, () => this.#pick.weighted({ int: 6, text: 2, boolean: 1 })) // prettier-ignore
    const name = (expressions: readonly string[]): string => expressions.map((text, index) => `${text} AS c${index + 1}`).join(', ') // prettier-ignore
    const columns = types.map((type, index): RandomColumn => ({ name: `c${index + 1}`, type }))
    const done = (sql: string): Selected => ({ sql: this.#limited(sql, columns), columns })
    switch (kind) {
      case 'grouped': {
        this.#feature('group by')
        const keys = Array.from({ length: this.#pick.below(2) + 1 }, () => this.#column(all, undefined))
        const list = types.map((type) => keys.find((key) => key.type === type && this.#pick.chance(0.7))?.sql ?? this.#aggregate(type, all)) // prettier-ignore
        const having = this.#pick.chance(0.3) ? ` HAVING ${this.#having(keys)}` : ''
        return done(`SELECT ${name(list)}${tail} GROUP BY ${keys.map(({ sql }) => sql).join(', ')}${having}`)
      }
      case 'aggregate':
        this.#feature('aggregate')
        return done(`SELECT ${name(types.map((type) => this.#aggregate(type, all)))}${tail}`)
      case 'distinct':
        this.#feature('distinct')
        return done(
          `SELECT DISTINCT ${name(types.map((type) => this.#value(depth, type, all, outer)))}${tail}`,
        )
      case 'distinctOn': {
        this.#feature('distinct on')
        const list = types.map((type) => this.#value(0, type, all, outer))
        const on = this.#column(all, undefined).sql
        // Rows that the order does not tell apart are the same rows.
        return { sql: `SELECT DISTINCT ON (${on}) ${name(list)}${tail} ORDER BY ${[on, ...list.filter((text) => /^\w+\.\w+$/.test(text)), ...all.flatMap(({ alias, columns: own }) => own.map((one) => `${alias}.${one.name}`))].join(', ')}`, columns } // prettier-ignore
      }
      case 'window': {
        this.#feature('window')
        const list = types.map((type) => (type === 'int' && this.#pick.chance(0.6) ? `${this.#pick.of(['count(*)', `max(${this.#column(all, 'int').sql})`, 'rank()'])} OVER (PARTITION BY ${this.#column(all, undefined).sql} ORDER BY ${this.#column(all, 'int').sql})` : this.#value(0, type, all, outer))) // prettier-ignore
        return done(`SELECT ${name(list)}${tail}`)
      }
      case 'plain':
        return done(`SELECT ${name(types.map((type) => this.#value(depth, type, all, outer)))}${tail}`)
    }
  }

  #from(depth: number, outer: readonly Relation[]): { sql: string; relations: readonly Relation[] } {
    const count = this.#pick.weighted({ 1: 40, 2: 40, 3: 16 })
    const relations: Relation[] = []
    let sql = ''
    const used = new Set<string>()
    for (let index = 0; index < Number(count); index += 1) {
      const lateral = index > 0 && depth > 0 && this.#pick.chance(0.06)
      const item = lateral ? this.#lateral(depth, [...relations, ...outer]) : this.#item(depth, outer)
      if (item.table !== undefined && used.has(item.table)) this.#feature('self join')
      if (item.table !== undefined) used.add(item.table)
      if (index === 0) sql = item.sql
      else {
        const join = this.#pick.weighted({ JOIN: 48, 'LEFT JOIN': 27, 'RIGHT JOIN': lateral ? 0 : 8, 'FULL JOIN': lateral ? 0 : 7, ',': 10 }) // prettier-ignore
        if (join === ',') sql = `${sql} CROSS JOIN ${item.sql}`
        else sql = `(${sql} ${join} ${item.sql}${this.#on(join, depth, relations, item.relation, outer)})`
        this.#feature(join === ',' ? 'cross join' : join.toLowerCase())
      }
      relations.push(item.relation)
    }
    return { sql, relations }
  }

  #alias(): string {
    return `q${(this.#aliases += 1)}`
  }

  #item(depth: number, outer: readonly Relation[]): { sql: string; relation: Relation; table?: string } {
    const alias = this.#alias()
    const kind = this.#pick.weighted({ table: 70, query: depth > 0 ? 14 : 0, view: 8, cte: this.#ctes.length * 10, values: 3 }) // prettier-ignore
    switch (kind) {
      case 'table': {
        const table = this.#pick.of(TABLES)
        return { sql: `${table} ${alias}`, relation: { alias, columns: COLUMNS }, table }
      }
      case 'view':
        this.#feature('view')
        return { sql: `${this.#pick.of(['w1', 'w2'])} ${alias}`, relation: { alias, columns: COLUMNS } }
      case 'cte': {
        const cte = this.#pick.of(this.#ctes)
        return { sql: `${cte.alias} ${alias}`, relation: { alias, columns: cte.columns } }
      }
      case 'values':
        this.#feature('values')
        return { sql: `(VALUES (1, 'x'), (3, 'y')) ${alias} (n, m)`, relation: { alias, columns: [{ name: 'n', type: 'int' }, { name: 'm', type: 'text' }] } } // prettier-ignore
      case 'query': {
        this.#feature('query in from')
        const { sql, columns } = this.#body(depth - 1, [], undefined)
        void outer
        return { sql: `(${sql}) ${alias}`, relation: { alias, columns } }
      }
    }
  }

  #lateral(depth: number, outer: readonly Relation[]): { sql: string; relation: Relation; table?: string } {
    this.#feature('lateral')
    const alias = this.#alias()
    const { sql, columns } = this.#body(depth - 1, outer, undefined)
    return { sql: `LATERAL (${sql}) ${alias}`, relation: { alias, columns } }
  }

  #on(
    join: string,
    depth: number,
    left: readonly Relation[],
    right: Relation,
    outer: readonly Relation[],
  ): string {
    const equal = `${this.#column(left, 'int').sql} = ${this.#column([right], 'int').sql}`
    const all = [...left, right]
    // PostgreSQL takes a FULL JOIN only with an equality beside what else there is.
    if (join === 'FULL JOIN') return ` ON ${equal}${this.#pick.chance(0.5) ? ` AND ${this.#pick.chance(0.6) ? this.#paramEquals(all) : this.#condition(0, all, outer)}` : ''}` // prettier-ignore
    const more = this.#pick.chance(0.35) ? ` AND ${this.#condition(depth - 1, all, outer)}` : ''
    if (this.#pick.chance(0.06)) return ` ON ${this.#condition(0, all, outer)}`
    return ` ON ${equal}${more}`
  }

  #where(depth: number, relations: readonly Relation[], outer: readonly Relation[]): string {
    const parts: string[] = []
    if (this.#pick.chance(depth === 2 ? 0.8 : 0.2)) parts.push(this.#paramEquals(relations))
    if (depth === 2 && this.#params.length > 1 && this.#pick.chance(0.6))
      parts.push(this.#paramEquals(relations))
    if (outer.length > 0 && this.#pick.chance(0.85)) parts.push(this.#correlated(relations, outer))
    const count = this.#pick.weighted({ 0: 45, 1: 40, 2: 15 })
    for (let index = 0; index < Number(count); index += 1)
      parts.push(this.#condition(depth, relations, outer))
    return parts.length === 0 ? '' : ` WHERE ${parts.join(' AND ')}`
  }

  #correlated(relations: readonly Relation[], outer: readonly Relation[]): string {
    return `${this.#column(relations, 'int').sql} = ${this.#column(outer, 'int').sql}`
  }

  #paramEquals(relations: readonly Relation[]): string {
    const { name, type } = this.#pick.of(this.#params)
    const column = this.#column(relations, type === 'text' ? 'text' : 'int').sql
    return this.#pick.chance(0.05) ? `${column} IS NOT DISTINCT FROM :${name}` : `${column} = :${name}`
  }

  #condition(depth: number, relations: readonly Relation[], outer: readonly Relation[]): string {
    const deep = depth > 0 ? 1 : 0
    const all = [...relations, ...(this.#pick.chance(0.2) ? outer : [])]
    const kind = this.#pick.weighted({ compare: 30, param: 5, other: 5, null: 8, or: 7, not: 5, columns: 8, exists: 12 * deep, notExists: 9 * deep, in: 9 * deep, notIn: 8 * deep, scalar: 6 * deep }) // prettier-ignore
    const inner = [...relations, ...outer]
    switch (kind) {
      case 'compare':
        return this.#simple(all)
      case 'param':
        return this.#paramEquals(relations)
      case 'other': {
        const { name, type } = this.#pick.of(this.#params)
        const column = this.#column(all, type === 'text' ? 'text' : 'int').sql
        return this.#pick.of([`${column} > :${name}`, `${column} <> :${name}`, `coalesce(${column}, :${name}) = :${name}`, `(${column} = :${name}) IS NOT FALSE`]) // prettier-ignore
      }
      case 'null':
        return `${this.#column(all, undefined).sql} IS ${this.#pick.of(['', 'NOT '])}NULL`
      case 'or':
        return `(${this.#condition(depth - 1, relations, outer)} OR ${this.#condition(depth - 1, relations, outer)})`
      case 'not':
        return `NOT (${this.#condition(depth - 1, relations, outer)})`
      case 'columns':
        return `${this.#column(all, 'int').sql} ${this.#pick.of(['=', '=', '<', '<>'])} ${this.#column(all, 'int').sql}`
      case 'exists':
      case 'notExists':
        this.#feature(kind === 'exists' ? 'exists' : 'not exists')
        return `${kind === 'exists' ? '' : 'NOT '}EXISTS (${this.#body(depth - 1, inner, undefined).sql})`
      case 'in':
      case 'notIn':
        this.#feature(kind === 'in' ? 'in' : 'not in')
        return `${this.#column(all, 'int').sql} ${kind === 'in' ? '' : 'NOT '}IN (${this.#body(depth - 1, this.#pick.chance(0.4) ? inner : [], ['int']).sql})` // prettier-ignore
      case 'scalar':
        this.#feature('scalar subquery')
        return `${this.#column(all, 'int').sql} ${this.#pick.of(['=', '<', '>='])} (${this.#scalar(depth, inner)})`
    }
  }

  #scalar(depth: number, outer: readonly Relation[]): string {
    const { sql, relations } = this.#from(depth - 1, outer)
    const where = this.#where(depth - 1, relations, outer)
    return `SELECT ${this.#pick.of(['max', 'min', 'count', 'sum'])}(${this.#column(relations, 'int').sql}) FROM ${sql}${where}` // prettier-ignore
  }

  #simple(all: readonly Relation[]): string {
    const type = this.#pick.weighted({ int: 5, text: 3, boolean: 2 })
    const column = this.#column(all, type).sql
    if (type === 'boolean')
      return this.#pick.of([column, `NOT ${column}`, `${column} IS TRUE`, `${column} IS NOT TRUE`])
    if (type === 'text') return this.#pick.of([`${column} = 'x'`, `${column} <> 'y'`, `${column} IN ('x', 'z')`, `${column} NOT IN ('x')`, `${column} LIKE 'x%'`]) // prettier-ignore
    return this.#pick.of([`${column} > ${this.#pick.below(30)}`, `${column} <= ${this.#pick.below(40)}`, `${column} BETWEEN 2 AND 30`, `${column} IN (1, 3, 5)`]) // prettier-ignore
  }

  #having(keys: readonly { sql: string; type: ValueType }[]): string {
    const key = this.#pick.of(keys)
    const param = this.#params.find(
      ({ type }) => (type === 'text') === (key.type === 'text') && key.type !== 'boolean',
    )
    return param !== undefined && this.#pick.chance(0.6) ? `${key.sql} = :${param.name}` : 'count(*) > 1'
  }

  #aggregate(type: ValueType, all: readonly Relation[]): string {
    const column = this.#column(all, type).sql
    if (type === 'text') return `max(${column})`
    if (type === 'boolean') return `bool_or(${column})`
    return this.#pick.of(['count(*)', `count(${this.#column(all, undefined).sql})`, `sum(${column})`, `max(${column})`, `count(*) FILTER (WHERE ${this.#simple(all)})`]) // prettier-ignore
  }

  #value(depth: number, type: ValueType, all: readonly Relation[], outer: readonly Relation[]): string {
    const column = this.#column(all, type).sql
    const inner = [...all, ...outer]
    if (depth > 0 && this.#pick.chance(0.08)) {
      if (type === 'int') {
        this.#feature('scalar subquery')
        return `(${this.#scalar(depth, inner)})`
      }
      if (type === 'boolean') {
        this.#feature('exists')
        return this.#pick.chance(0.5) ? `EXISTS (${this.#body(depth - 1, inner, undefined).sql})` : `${this.#column(all, 'int').sql} IN (${this.#body(depth - 1, [], ['int']).sql})` // prettier-ignore
      }
    }
    if (type === 'int' && this.#pick.chance(0.2)) return this.#pick.of([`${column} + 1`, `coalesce(${column}, 0)`, `CASE WHEN ${this.#simple(all)} THEN ${column} END`]) // prettier-ignore
    return column
  }

  #column(relations: readonly Relation[], type: ValueType | undefined): { sql: string; type: ValueType } {
    const found = relations.flatMap(
      ({ alias, columns }) =>
      columns.filter((column) => type === undefined || column.type === type).map((column) => ({ sql: `${alias}.${column.name}`, type: column.type })), // prettier-ignore
    )
    if (found.length > 0) return this.#pick.of(found)
    const constants = { int: `${this.#pick.below(KEYS) + 1}`, text: `'x'::text`, boolean: 'true' }
    return { sql: constants[type ?? 'int'], type: type ?? 'int' }
  }
}
