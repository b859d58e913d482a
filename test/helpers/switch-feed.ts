import { compileRules } from '../../src/compile.ts'
import { FEEDS, type FeedName, type Manifest } from '../../src/manifest/manifest.ts'
import { readManifest } from '../../src/manifest/read-manifest.ts'

/** Rules with one cache `board`, whose keys are the names in table `calls`. */
export const switchRules = (feed: FeedName): string => `
version: 1
name: app
feed: ${feed}
caches: { board: { key: "board:{name}", params: { name: text } } }
tables: { calls: [{ invalidate: board }] }
`

/** What a ruleset was before its `feed:` was changed, and after. */
export type Switch = {
  readonly before: { readonly up: string; readonly manifest: Manifest }
  readonly after: { readonly up: string; readonly down: string; readonly manifest: Manifest }
}

/** Every two feeds. */
export const SWITCHES = FEEDS.flatMap((from) =>
  FEEDS.filter((to) => to !== from).map((to) => ({ from, to, title: `from ${from} to ${to}` })),
)

/** Compiles the rules with one feed, and then with another; `up` makes the table of the rules too. */
export async function compileSwitch(from: FeedName, to: FeedName): Promise<Switch> {
  const first = await compileRules({ 'r.yaml': switchRules(from) })
  const second = await compileRules({ 'r.yaml': switchRules(to) }, { previous: first.files })
  const sqlOf = (files: ReadonlyMap<string, string>, number: string, side: string): string =>
    [...files].find(([path]) => path.includes(`/${number}_`) && path.endsWith(`.${side}.sql`))?.[1] ?? ''
  const manifestOf = (files: ReadonlyMap<string, string>): Manifest =>
    readManifest(JSON.parse(files.get('manifest.json') ?? ''))
  return {
    before: {
      up: `CREATE TABLE calls (name text); ${sqlOf(first.files, '0001', 'up')}`,
      manifest: manifestOf(first.files),
    },
    after: {
      up: sqlOf(second.files, '0002', 'up'),
      down: sqlOf(second.files, '0002', 'down'),
      manifest: manifestOf(second.files),
    },
  }
}
