import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { createDeferred } from '../../helpers/deferred.ts'
import { ROOT } from '../../helpers/root.ts'
import { VERSIONS } from '../../helpers/versions.ts'
import { GROUPS } from './matrix/groups.ts'
import { isAsExpected, renderPage, type Results } from './matrix/render-page.ts'
import { runGroup } from './matrix/run-group.ts'

const PAGE = join(ROOT, 'docs/triggers.md')

const all = GROUPS.map((group) => ({
  group,
  runs: VERSIONS.map((version) => ({
    version,
    done: createDeferred<Awaited<ReturnType<typeof runGroup>>>(),
  })),
}))

for (const { group, runs } of all) {
  for (const { version, done } of runs) {
    test(`${group.title}, PostgreSQL ${version}`, async (t) => {
      const outcomes = await runGroup(t, group, version).catch((error: unknown) => {
        done.resolve(new Map())
        throw error
      })
      done.resolve(outcomes)
      t.is(outcomes.size, group.cases.length)
      for (const [one, outcome] of outcomes) {
        if (one.fails === undefined) t.is(outcome.error, undefined, one.title)
        t.deepEqual(outcome.sent, one.sent, one.title)
        t.true(isAsExpected(one, outcome), `${one.title}: ${outcome.error ?? 'no error'}`)
      }
    })
  }
}

test('docs/triggers.md is what the cases did', async (t) => {
  const results = new Map(
    await Promise.all(
      all.map(async ({ group, runs }) => {
        const outcomes = await Promise.all(
          runs.map(async ({ version, done }) => [version, await done.promise] as const),
        )
        return [group, new Map(outcomes) satisfies Results] as const
      }),
    ),
  )
  const page = renderPage(GROUPS, results)
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(PAGE, page)
  t.is(readFileSync(PAGE, 'utf8'), page)
})
