import { createHash } from 'node:crypto'

/** The UUID number `index`, spread as random ones are; what `md5(index::text)::uuid` gives in SQL. */
export function createUuid(index: number): string {
  const hex = createHash('md5').update(String(index)).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
