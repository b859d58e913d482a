import { compileRules } from '../../src/compile.ts'
import type { Manifest } from '../../src/manifest/manifest.ts'

/** How entries are loaded. */
export type Group = {
  readonly title: string
  /** Name of the warming set. */
  readonly set: string
  /** Calls of the loader side by side. */
  readonly concurrency: number
  /** Entries of one call. */
  readonly batch: number
}

export const GROUPS: readonly Group[] = [
  { title: 'one by one, 3 side by side', set: 'three', concurrency: 3, batch: 1 },
  { title: 'one by one, 16 side by side', set: 'sixteen', concurrency: 16, batch: 1 },
  { title: 'batches of 5, 3 side by side', set: 'batches', concurrency: 3, batch: 5 },
]

const ORDERS_PER_CUSTOMER = 5

/** The tables, with rows. */
export const TABLES = (customers: number): readonly string[] => [
  'CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL)',
  'CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, total int NOT NULL)',
  `INSERT INTO customers SELECT n, 'customer ' || n FROM generate_series(1, ${customers}) AS n`,
  `INSERT INTO orders SELECT n, 1 + n % ${customers}, n FROM generate_series(1, ${customers * ORDERS_PER_CUSTOMER}) AS n`,
  'CREATE INDEX ON orders (customer_id)',
  'VACUUM (ANALYZE) customers, orders',
]

/** What a loader asks, of one customer and of several. */
export const ONE = `SELECT c.name, count(o.id)::int AS orders, sum(o.total)::int AS total
  FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE c.id = $1 GROUP BY c.name`
export const MANY = `SELECT c.id, c.name, count(o.id)::int AS orders, sum(o.total)::int AS total
  FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE c.id = ANY($1::int[]) GROUP BY c.id, c.name`

/** What the warming sets are of. */
export const PARAMS = 'SELECT id FROM customers ORDER BY id'

const RULES = (entries: number): string => `version: 1
name: shop
feed: notify
caches:
  customer: { key: 'customer:{id}', params: { id: int }, max: ${entries}, ttl: 1h }
tables:
  customers:
    - invalidate: customer
warming:
${GROUPS.map(
  ({ set, concurrency, batch }) => `  ${set}:
    { cache: customer, params: ${PARAMS}, on: [demand],
      batch: ${batch}, concurrency: ${concurrency}, limit: ${entries}, timeout: 10m }`,
).join('\n')}
`

export async function compileShop(
  entries: number,
): Promise<{ readonly manifest: Manifest; readonly install: string }> {
  const { files, diagnostics } = await compileRules({ 'rules.yaml': RULES(entries) })
  const [first] = diagnostics
  if (first !== undefined) throw new Error(first.message)
  const manifest = JSON.parse(files.get('manifest.json') ?? '') as Manifest
  return { manifest, install: files.get('migrations/0001_initial.up.sql') ?? '' }
}
