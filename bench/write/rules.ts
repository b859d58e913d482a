import type { FeedName } from '../../src/manifest/manifest.ts'

/** What is watched in a benchmark. */
export type Benchmarked = {
  readonly feed: FeedName
  /** Of the ruleset. */
  readonly name: string
  readonly table: string
  /** 1 unless said otherwise, at most 5. */
  readonly caches?: number
  readonly maxKeys?: number
}

/** Columns that make the caches of a table wrong, cache by cache; each is read of by user. */
const COLUMNS = [
  'status, duration',
  'status',
  'duration',
  'status, duration, notes',
  'duration, notes',
] as const

/** A dashboard for each user, made wrong by any call of theirs whose status or duration changes; and others like it. */
export function createRules({ feed, name, table, caches = 1, maxKeys }: Benchmarked): string {
  const watched = COLUMNS.slice(0, caches).map((columns, index) => ({
    cache: index === 0 ? 'dashboard' : `dashboard_${index + 1}`,
    columns,
  }))
  const declared = watched.map(
    ({ cache }) => `  ${cache}:\n    key: ${cache}:{user_id}\n    params: { user_id: uuid }\n`,
  )
  const rules = watched.map(
    ({ cache, columns }) => `    - invalidate: ${cache}\n      columns: [${columns}]\n`,
  )
  const defaults = maxKeys === undefined ? '' : `defaults: { max-keys: ${maxKeys} }\n`
  return `
version: 1
name: ${name}
feed: ${feed}
${defaults}caches:
${declared.join('')}tables:
  ${table}:
${rules.join('')}`
}
