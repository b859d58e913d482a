import { BodyPlaces } from '../emit/installed-file.ts'
import { migrationPath, readHistory } from '../emit/history.ts'
import { StalemateError } from '../errors.ts'
import type { InstalledObject } from '../plan/installed.ts'
import type { Plan } from '../plan/plan.ts'

/** What the generated files bring a database to. */
export type Desired = { readonly plan: Plan; readonly objects: readonly InstalledObject[] }

const PLAN_FILE = 'plan.json'

/**
 * Reads what the migrations make.
 *
 * @param files text of the generated files by path: `installed.json`, `plan.json` and all migrations
 * @throws StalemateError `migrations-diverged`; `file-failed` where nothing was compiled
 */
export function readDesired(files: ReadonlyMap<string, string>): Desired {
  const plan = parsePlan(files.get(PLAN_FILE))
  const history = readHistory(files, { ruleset: plan.ruleset, amend: false })
  if (history === undefined) throw nothing('There is no installed.json')
  const { installed } = history
  const texts = installed.migrations.map(
    (one) => [one.number, history.files.get(migrationPath(one, 'up')) ?? ''] as const,
  )
  return { plan, objects: new BodyPlaces(texts).restore(installed.objects) }
}

function parsePlan(text: string | undefined): Plan {
  if (text === undefined) throw nothing('There is no plan.json')
  try {
    return JSON.parse(text) as Plan
  } catch (cause) {
    throw nothing('plan.json is not JSON', cause)
  }
}

function nothing(what: string, cause?: unknown): StalemateError {
  return new StalemateError('file-failed', `${what} that tells what the migrations make.`, {
    hint: 'Run stalemate compile first, or name the folder of the migrations with --dir.',
    cause,
  })
}
