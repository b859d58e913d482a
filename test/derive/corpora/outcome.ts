import type { ParamType } from '../../../src/key/param.ts'
import { type Ask } from '../../../src/derive/ask-catalog.ts'
import { askQuery } from '../../../src/derive/ask-query.ts'
import { deriveQuery } from '../../../src/derive/derive-query.ts'
import { findNodes } from '../../../src/derive/names.ts'
import type { SqlParser } from '../../../src/sql/load-parser.ts'
import { locationOf, textField, toNode, type SqlNode } from '../../../src/sql/tree.ts'

export type AskedQuery = {
  readonly name: string
  readonly sql: string
  readonly params: readonly { readonly name: string; readonly type: ParamType }[]
}

/** One row of the table: the query, what came of it, and why. */
export type Outcome = { readonly name: string; readonly outcome: string; readonly why: string }

export async function outcomeOf(
  ask: Ask,
  { name, sql, params }: AskedQuery,
  parser: SqlParser,
): Promise<Outcome> {
  const locked = await askQuery(ask, { sql, params }, parser)
  if (!('hash' in locked)) throw new Error(`${name}: ${locked.message}`)
  const subject = { params, dependsOn: [], sessionIndependent: false }
  const { watches, problems } = deriveQuery(locked, subject, (text) => parser.parseSync(text))
  const refused = problems.find(({ severity }) => severity === 'error')
  if (refused !== undefined) return { name, outcome: 'refused', why: refused.message }
  const bound = watches.filter((watch) => watch.params.length === params.length)
  const ways = watches.filter(
    (watch) => watch.path !== undefined && watch.params.length === params.length,
  ).length
  const whys = new Set(watches.flatMap(({ widened }) => widened.map(({ param, why }) => `${param}: ${why}`)))
  const outcome =
    bound.length === watches.length ? 'derived' : `widened: ${bound.length} of ${watches.length} bound`
  const over = ways === 0 ? [] : [`${ways} of ${watches.length} over other tables`]
  return { name, outcome, why: [...over, ...whys, ...problems.map(({ message }) => message)].join('; ') }
}

/** The same query with the first constant that a column equals as a param; else the first that one is compared with. */
export function withParam(name: string, sql: string, parser: SqlParser): AskedQuery {
  const compared = findNodes(parser.parseSync(sql), 'A_Expr').flatMap(({ fields }) => {
    const [left, right] = [toNode(fields['lexpr']), toNode(fields['rexpr'])]
    const type = typeOf(right)
    const place = right === undefined ? undefined : locationOf(right)
    if (
      left?.type !== 'ColumnRef' ||
      place === undefined ||
      type === undefined ||
      fields['kind'] !== 'AEXPR_OP'
    )
      return []
    const [operator] = findNodes(fields['name'], 'String').map((node) => textField(node.fields, 'sval'))
    return [{ operator, place, type }]
  })
  const chosen = compared.find(({ operator }) => operator === '=') ?? compared[0]
  if (chosen === undefined) return { name, sql, params: [] }
  const token = parser.scanSync(sql).tokens.find(({ start }) => start === chosen.place)
  const bytes = Buffer.from(sql)
  const changed = `${bytes.subarray(0, chosen.place).toString()}:p${bytes.subarray(token?.end ?? chosen.place).toString()}`
  return { name, sql: changed, params: [{ name: 'p', type: chosen.type }] }
}

function typeOf(node: SqlNode | undefined): 'int' | 'text' | undefined {
  if (node?.type !== 'A_Const') return undefined
  if (node.fields['sval'] !== undefined) return 'text'
  return node.fields['ival'] === undefined ? undefined : 'int'
}
