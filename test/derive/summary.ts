import type { Derivation } from '../../src/derive/derivation.ts'

/** A derivation as lines: the table, what it reads, on which condition, and where each param is found. */
export function summarize({ watches }: Derivation): readonly string[] {
  return watches.map(({ alias, columns, condition, params, path, widened }) => {
    const hops = path?.hops ?? []
    const found = params.map((source) => {
      if (source.kind === 'text') return `${source.param}=${source.text}`
      return `${source.param}=${source.kind === 'hop' ? `${hops[source.hop]?.alias ?? ''}.` : ''}${source.column}`
    })
    const way = hops.map((hop) => `${hop.alias} ON ${hop.on.map(({ column, from }) => `${column}=${from.hop < 0 ? '' : `${hops[from.hop]?.alias ?? ''}.`}${from.column}`).join('&')}`) // prettier-ignore
    const parts = [
      `${alias}(${columns === 'all' ? '*' : columns.join(',')})`,
      [...found, ...widened.map(({ param }) => `${param}=?`)].join(' '),
      way.length === 0 ? '' : `via ${way.join(', ')}`,
      condition === undefined ? '' : `if ${condition}`,
    ]
    return parts.filter((part) => part !== '').join(' ')
  })
}
