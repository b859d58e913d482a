import { checksumOf } from '../plan/checksum.ts'
import { diffInstalled, nameSteps, type Step } from '../plan/diff-installed.ts'
import { type InstalledObject, makeUndo } from '../plan/installed.ts'
import type { AnyText } from '../sql/pieces.ts'
import { VERSION } from '../version.ts'
import { announce } from './announce.ts'
import { describeInstalled } from './describe-installed.ts'
import { emitDown } from './down-migration.ts'
import { type History, migrationPath, readHistory, undoLast } from './history.ts'
import {
  BodyPlaces,
  type Installed,
  INSTALLED_FILE,
  INSTALLED_VERSION,
  writeInstalled,
} from './installed-file.ts'
import type { EmitInput } from './output.ts'
import { planOutput } from './plan-output.ts'
import { emitUp } from './up-migration.ts'

/** What was generated before, and what to do about it. */
export type MigrationOptions = {
  /** Text of the generated files by path: `installed.json`, `plan.json` and all migrations; none means the first time. */
  readonly previous?: ReadonlyMap<string, string> | undefined
  /** Write the last migration anew instead of adding one. */
  readonly amend?: boolean | undefined
  /** Of the migration that is added: `a-z`, `0-9` and `_`; made of what it does unless given. */
  readonly name?: string | undefined
}

/** What migrations are made of. */
export type MigrationInput = Pick<EmitInput, 'plan' | 'sources' | 'bodies'>

/** The migrations, and what they bring a database to. */
export type Migrations = {
  /** Text by path, `installed.json` included. */
  readonly files: ReadonlyMap<string, AnyText>
  readonly objects: readonly InstalledObject[]
}

/**
 * The migrations, those that were there before unchanged, and what they bring a database to. One is added when the plan needs
 * other objects than the last one left.
 * @throws StalemateError `migrations-diverged`
 */
export function emitMigrations(
  input: MigrationInput,
  { previous = new Map(), amend = false, name }: MigrationOptions = {},
): Migrations {
  const found = readHistory(previous, { ruleset: input.plan.ruleset, amend })
  const history = found && amend ? undoLast(found) : found
  const last = amend ? found?.installed.migrations.at(-1)?.name : undefined
  const places = new BodyPlaces(history ? upTexts(history) : [])
  const stored = history?.installed.objects ?? []
  const before = places.restore(stored)
  const objects = describeInstalled(input.plan, input.bodies, before)
  const steps = diffInstalled(before, objects)
  if (history && steps.length === 0)
    return { files: withInstalled(history.files, history.installed), objects }
  const number = (history?.installed.migrations.at(-1)?.number ?? 0) + 1
  const migration = { number, name: name ?? last ?? nameMigration(number, steps, input, previous) }
  const { plan, sources } = input
  const label = `${String(number).padStart(4, '0')}_${migration.name}`
  const up = emitUp(steps, sources, announce(plan, label, before, objects))
  const back = announce(plan, `${label} taken back`, objects, before)
  const down = emitDown(number, diffInstalled(objects, before), input, back)
  const kept = places.store(objects, number, up)
  const written = { ...migration, up: checksumOf(up), down: checksumOf(down) }
  const files = new Map<string, AnyText>([
    ...(history?.files ?? []),
    [migrationPath(migration, 'up'), up],
    [migrationPath(migration, 'down'), down],
  ])
  const installed: Installed = {
    kind: 'installed',
    version: INSTALLED_VERSION,
    ruleset: input.plan.ruleset,
    migrations: [...(history?.installed.migrations ?? []), written],
    objects: kept,
    undo: history ? makeUndo(stored, kept) : null,
  }
  return { files: withInstalled(files, installed), objects }
}

/** The SQL of the migrations by number. */
function upTexts({ installed, files }: History): readonly (readonly [number, string])[] {
  return installed.migrations.map((one) => [one.number, files.get(migrationPath(one, 'up')) ?? ''])
}

function withInstalled(
  files: ReadonlyMap<string, AnyText>,
  installed: Installed,
): ReadonlyMap<string, AnyText> {
  return new Map([...files, [INSTALLED_FILE, writeInstalled(installed)]])
}

function nameMigration(
  number: number,
  steps: readonly Step[],
  input: MigrationInput,
  previous: ReadonlyMap<string, string>,
): string {
  if (number === 1) return 'initial'
  // The rules mean what they did: it is the compiler that renders them another way.
  if (previous.get(planOutput.path)?.replaceAll('\r\n', '\n') === planOutput.emit(input))
    return `stalemate_${VERSION.replaceAll(/[^a-z0-9]+/g, '_')}`
  return nameSteps(steps)
}
