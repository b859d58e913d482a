import { fromBytes } from '../sql/offsets.ts'
import { locationOf } from '../sql/tree.ts'
import { PARAM_PREFIX } from './lock.ts'
import { findNodes } from './names.ts'
import { paramName } from './resolve.ts'

/** Puts something else in place of each param of a query as the server printed it. */
export function replaceParamCalls(
  sql: string,
  parse: (sql: string) => unknown,
  put: (name: string) => string,
): string {
  const calls = findNodes(parse(sql), 'FuncCall')
    .flatMap((node) => {
      const name = paramName(node)
      const location = locationOf(node)
      return name === undefined || location === undefined ? [] : [{ name, at: fromBytes(sql, location) }]
    })
    .sort((a, b) => a.at - b.at)
  let text = ''
  let from = 0
  for (const { name, at } of calls) {
    // As the server prints it; a name that needs quotes is no name of a param.
    const call = `pg_temp.${PARAM_PREFIX}${name}()`
    if (!sql.startsWith(call, at)) throw new Error(`Expected ${call} at ${at}.`)
    text += sql.slice(from, at) + put(name)
    from = at + call.length
  }
  return text + sql.slice(from)
}
