import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { App, CreateOptions } from '../../src/app.ts'
import { compileRules } from '../../src/compile.ts'
import { createStalemate } from '../../src/engine.ts'
import type { FeedName, Manifest } from '../../src/manifest/manifest.ts'
import type { ExecutionContext } from 'ava'
import { createDatabase, type TestDatabase } from './database.ts'
import { makeFolder } from './io.ts'

export type WarmCaches = { item: { params: { tenant: string; id: number }; value: string } }

const TABLE = `
CREATE TABLE items (tenant text, id int, score int, PRIMARY KEY (tenant, id));
INSERT INTO items SELECT 't' || n % 3, n, n FROM generate_series(1, 30) AS n;`

const rules = (feed: FeedName, warming: string): string => `version: 1
name: shop
feed: ${feed}
caches:
  item: { key: 'item:{tenant}:{id}', params: { tenant: text, id: int } }
tables:
  items:
    - invalidate: item
warming:
${warming.replaceAll(/^(?=.)/gm, '  ')}
`

/** A shop of 30 items of 3 tenants, with warming sets. */
export type WarmShop = {
  readonly database: TestDatabase
  readonly manifest: Manifest
  /** A folder with the generated files. */
  readonly cwd: string
  /** Another instance of the application. */
  readonly start: (options?: Partial<CreateOptions<WarmCaches>>) => Promise<App<WarmCaches>>
}

export async function createWarmShop(
  t: ExecutionContext,
  warming: string,
  feed: FeedName = 'outbox',
): Promise<WarmShop> {
  const { files, diagnostics } = await compileRules({ 'rules.yaml': rules(feed, warming) })
  t.deepEqual(diagnostics, [])
  const text = files.get('manifest.json') ?? ''
  const database = await createDatabase(t, { sql: `${TABLE}${files.get('migrations/0001_initial.up.sql') ?? ''}` }) // prettier-ignore
  const cwd = await makeFolder(t)
  await mkdir(join(cwd, 'generated'))
  await writeFile(join(cwd, 'generated/manifest.json'), text)
  const manifest = JSON.parse(text) as Manifest
  return {
    database,
    manifest,
    cwd,
    async start(options = {}) {
      const app = await createStalemate<WarmCaches>({
        manifest,
        connection: { connectionString: database.connectionString },
        loaders: { item: ({ tenant, id }) => `${tenant} ${id}` },
        ...options,
      })
      t.teardown(() => app.close())
      await app.ready
      return app
    },
  }
}
