import {
  isFields,
  onlyStatement,
  toNames,
  toNode,
  toNodes,
  type SqlFields,
  type SqlNode,
} from '../sql/tree.ts'
import type { Block, Cte, Occurrence, Place, Scope, SelectBlock, SetBlock, Source } from './block.ts'
import type { LockedQuery, LockedRelation } from './lock.ts'
import { demandAll, findNodes, isLimited, refersTo } from './names.ts'
import { type FromReader, readFrom, TooMuch } from './read-from.ts'
import { lookUp } from './resolve.ts'

/** A query as blocks, each with what it reads. */
export type ReadQuery = {
  readonly block: Block
  readonly occurrences: readonly Occurrence[]
  /** The block of each subquery in an expression, by its node's fields. */
  readonly subqueries: ReadonlyMap<SqlFields, { readonly block: Block; readonly operand: Scope }>
}

export type ParseSql = (sql: string) => unknown

/**
 * Reads a query as the server printed it. Views are read like queries in FROM, CTEs anew at each reference.
 * @throws TooMuch
 */
export function readQuery(
  locked: LockedQuery,
  parse: ParseSql,
  params: ReadonlyMap<string, string>,
  sql: string = locked.sql,
): ReadQuery {
  return new Reader(locked, parse, params).read(sql)
}

function createScope(parent: Scope | undefined, params: ReadonlyMap<string, string>): Scope {
  return { parent, params, sources: new Map(), merged: new Map(), joined: new Map(), ctes: new Map() }
}

class Reader {
  readonly #relations: ReadonlyMap<string, LockedRelation>
  readonly #aggregates: ReadonlySet<string>
  readonly #parse: ParseSql
  readonly #params: ReadonlyMap<string, string>
  readonly #occurrences: Occurrence[] = []
  readonly #subqueries = new Map<SqlFields, { block: Block; operand: Scope }>()
  readonly #statements = new Map<string, SqlNode>()
  readonly #recursions = new Map<Cte, Block>()
  readonly #fromReader: FromReader
  #id = 0

  constructor({ relations, aggregates }: LockedQuery, parse: ParseSql, params: ReadonlyMap<string, string>) {
    this.#params = params
    this.#relations = new Map(relations.map((one) => [JSON.stringify([one.schema, one.name]), one]))
    this.#aggregates = new Set(aggregates)
    this.#parse = parse
    this.#fromReader = {
      block: (node, parent) => this.#block(node, parent),
      visit: (node, scope) => this.#visitNode(node, scope),
      readPlace: (place) => this.#readPlace(place),
      relation: (schema, name) => this.#relations.get(JSON.stringify([schema, name])),
      statement: (sql) => this.#statement(sql),
      recursion: (cte) => this.#recursions.get(cte),
      next: () => this.#next(),
      occurrences: this.#occurrences,
    }
  }

  read(sql: string): ReadQuery {
    const block = this.#block(this.#statement(sql), undefined)
    demandAll(block, (index) => this.#demand(block, index))
    return { block, occurrences: this.#occurrences, subqueries: this.#subqueries }
  }

  #statement(sql: string): SqlNode {
    const statement = this.#statements.get(sql) ?? onlyStatement(this.#parse(sql))
    if (statement?.type !== 'SelectStmt') throw new TooMuch('a statement that is no SELECT')
    this.#statements.set(sql, statement)
    return statement
  }

  #next(): number {
    return (this.#id += 1)
  }

  #block(node: SqlNode, parent: Scope | undefined): Block {
    const scope = createScope(parent, this.#params)
    this.#readWith(node.fields['withClause'], scope)
    const { op, larg, rarg } = node.fields
    if (typeof op === 'string' && op !== 'SETOP_NONE' && isFields(larg) && isFields(rarg)) {
      const block: SetBlock = {
        kind: 'set',
        id: this.#next(),
        operation: op === 'SETOP_UNION' ? 'union' : op === 'SETOP_INTERSECT' ? 'intersect' : 'except',
        recursive: false,
        limited: isLimited(node.fields),
        left: this.#block({ type: 'SelectStmt', fields: larg }, scope),
        right: this.#block({ type: 'SelectStmt', fields: rarg }, scope),
      }
      // Which rows there are depends on all columns, unless all rows of both stay.
      if (op !== 'SETOP_UNION' || node.fields['all'] !== true || block.limited)
        demandAll(block, (index) => this.#demand(block, index))
      for (const each of [node.fields['limitCount'], node.fields['limitOffset']]) this.#visit(each, scope)
      return block
    }
    return this.#select(node.fields, scope)
  }

  #select(fields: SqlFields, scope: Scope): SelectBlock {
    const from = toNodes(fields['fromClause']).map((item) => readFrom(this.#fromReader, item, scope))
    const groups = toNodes(fields['groupClause'])
    const distinct = fields['distinctClause']
    const windows = [
      ...toNodes(fields['windowClause']),
      ...findNodes([fields['targetList'], fields['sortClause']], 'FuncCall').flatMap(({ fields: call }) => {
        const over = call['over']
        return isFields(over) && over['name'] === undefined ? [{ type: 'WindowDef', fields: over }] : []
      }),
    ]
    const targets = toNodes(fields['targetList']).map(({ fields: target }) => ({
      name: typeof target['name'] === 'string' ? target['name'] : '',
      value: toNode(target['val']) ?? { type: 'Unknown', fields: {} },
    }))
    const sets = groups.some(({ type }) => type === 'GroupingSet')
    const block: SelectBlock = {
      kind: 'select',
      id: this.#next(),
      scope,
      from,
      where: toNode(fields['whereClause']),
      having: toNode(fields['havingClause']),
      targets,
      demanded: new Set(),
      group: groups.length === 0 ? undefined : groups,
      sets,
      aggregated: this.#isAggregated(fields),
      limited: isLimited(fields),
      distinctOn: Array.isArray(distinct) && toNodes(distinct).length > 0 ? toNodes(distinct) : undefined,
      partitions: windows.map((window) => toNodes(window.fields['partitionClause'])),
      others: [
        ...toNodes(fields['sortClause']),
        ...toNodes(fields['windowClause']),
        ...[fields['limitCount'], fields['limitOffset']].flatMap((each) => toNode(each) ?? []),
        ...toNodes(fields['valuesLists']),
      ],
    }
    for (const each of [block.where, block.having, ...groups, ...block.others, ...(block.distinctOn ?? [])])
      this.#visitNode(each, scope)
    if (distinct !== undefined) demandAll(block, (index) => this.#demand(block, index))
    return block
  }

  #isAggregated(fields: SqlFields): boolean {
    const places = [fields['targetList'], fields['havingClause'], fields['sortClause']]
    return (
      fields['havingClause'] !== undefined ||
      findNodes(places, 'FuncCall').some(({ fields: call }) => {
        const name = toNames(call['funcname']).at(-1) ?? ''
        return this.#aggregates.has(name) && call['over'] === undefined
      }) ||
      ['JsonObjectAgg', 'JsonArrayAgg', 'GroupingFunc'].some((type) => findNodes(places, type).length > 0)
    )
  }

  /** Reads the expression of a query's column, once it is known that somebody does. */
  #demand(block: Block, index: number): void {
    if (block.kind === 'set') {
      this.#demand(block.left, index)
      this.#demand(block.right, index)
      return
    }
    const target = block.targets[index]
    if (target === undefined || block.demanded.has(index)) return
    block.demanded.add(index)
    this.#visitNode(target.value, block.scope)
  }

  #readWith(clause: unknown, scope: Scope): void {
    if (!isFields(clause)) return
    for (const { fields } of toNodes(clause['ctes'])) {
      const query = toNode(fields['ctequery'])
      const name = fields['ctename']
      if (query === undefined || typeof name !== 'string') continue
      const names = toNames(fields['aliascolnames'])
      const recursive = clause['recursive'] === true && refersTo(query, name)
      if (!recursive) {
        const sees: Scope = { ...scope, ctes: new Map(scope.ctes) }
        scope.ctes.set(name, { kind: 'query', node: query, names, scope: sees })
        continue
      }
      const inner = createScope(scope, this.#params)
      const block = this.#recursive(query, name, names, inner)
      scope.ctes.set(name, { kind: 'recursive', names })
      this.#recursions.set(scope.ctes.get(name) as Cte, block)
    }
  }

  /** A recursive query is read once, for all references: where one row leads to, nobody can tell. */
  #recursive(query: SqlNode, name: string, names: readonly string[], scope: Scope): Block {
    scope.ctes.set(name, { kind: 'recursive', names })
    const block = this.#block(query, scope)
    demandAll(block, (index) => this.#demand(block, index))
    return block.kind === 'set' ? { ...block, recursive: true } : block
  }

  #readPlace({ source, column }: Place): void {
    if (source.kind === 'derived') {
      const index = source.names.indexOf(column)
      if (index >= 0) this.#demand(source.block, index)
      else demandAll(source.block, (each) => this.#demand(source.block, each))
    }
    if (source.kind !== 'table') return
    const own = source.names.get(column)
    if (own === undefined) source.whole = true
    else source.read.add(own)
  }

  #readRow(source: Source): void {
    if (source.kind === 'table') source.whole = true
    if (source.kind === 'derived') demandAll(source.block, (index) => this.#demand(source.block, index))
  }

  #visitNode(node: SqlNode | undefined, scope: Scope): void {
    if (node !== undefined) this.#visit({ [node.type]: node.fields }, scope)
  }

  #visit(value: unknown, scope: Scope): void {
    if (Array.isArray(value)) for (const item of value) this.#visit(item, scope)
    if (!isFields(value)) return
    const node = toNode(value)
    if (node?.type === 'ColumnRef') return this.#readColumn(node, scope)
    if (node?.type === 'SubLink') {
      const query = toNode(node.fields['subselect'])
      this.#visit(node.fields['testexpr'], scope)
      if (query === undefined) throw new TooMuch('a subquery')
      const block = this.#block(query, scope)
      if (node.fields['subLinkType'] !== 'EXISTS_SUBLINK')
        demandAll(block, (index) => this.#demand(block, index))
      this.#subqueries.set(node.fields, { block, operand: scope })
      return
    }
    for (const child of Object.values(value)) this.#visit(child, scope)
  }

  #readColumn(node: SqlNode, scope: Scope): void {
    const meaning = lookUp(node, scope)
    switch (meaning.kind) {
      case 'place':
        return this.#readPlace(meaning.place)
      case 'merged':
        return meaning.places.forEach((place) => this.#readPlace(place))
      case 'row':
        return this.#readRow(meaning.source)
      case 'unknown':
        // Better to take all for read than to miss one.
        for (let at: Scope | undefined = scope; at !== undefined; at = at.parent)
          for (const source of at.sources.values()) this.#readRow(source)
    }
  }
}
