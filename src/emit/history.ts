import { StalemateError } from '../errors.ts'
import { checksumOf } from '../plan/checksum.ts'
import { undoObjects } from '../plan/installed.ts'
import { type Installed, INSTALLED_FILE, INSTALLED_VERSION, sealOf } from './installed-file.ts'

const MIGRATION_FILE = /^migrations\/(\d{4,})_([a-z0-9_]+)\.(up|down)\.sql$/

/** What was compiled before. */
export type History = { readonly installed: Installed; readonly files: ReadonlyMap<string, string> }

const MERGE =
  'Where two branches have added a migration each, keep the one that the main branch has, delete the .up.sql and ' +
  '.down.sql of the other, take installed.json and plan.json from the main branch, and compile again.'

function diverged(message: string, hint = MERGE, cause?: unknown): StalemateError {
  return new StalemateError('migrations-diverged', message, { hint, cause })
}

/** The path of a migration's file in the output folder. */
export function migrationPath(
  { number, name }: { number: number; name: string },
  side: 'up' | 'down',
): string {
  return `migrations/${String(number).padStart(4, '0')}_${name}.${side}.sql`
}

/**
 * Reads what was compiled before; `undefined` where nothing was.
 * @param amend the files of the last migration need not be as they were written
 * @throws StalemateError `migrations-diverged`
 */
export function readHistory(
  previous: ReadonlyMap<string, string>,
  { ruleset, amend }: { readonly ruleset: string; readonly amend: boolean },
): History | undefined {
  const files = new Map([...previous].filter(([path]) => MIGRATION_FILE.test(path)))
  const text = previous.get(INSTALLED_FILE)
  if (text === undefined && files.size === 0) return undefined
  refuseTwins([...files.keys()])
  if (text === undefined) {
    throw diverged(
      'There are migrations, but no installed.json that tells what they make.',
      'Restore installed.json from version control: it is made together with the migrations.',
    )
  }
  const installed = parseInstalled(text)
  if (installed.ruleset !== ruleset) {
    throw diverged(
      `The migrations are those of ruleset ${installed.ruleset}, and the rules are named ${ruleset}.`,
      'The name is part of every object: restore it, or compile the new ruleset into another folder.',
    )
  }
  refuseOthers(installed, files, amend)
  return { installed, files }
}

function refuseTwins(paths: readonly string[]): void {
  const ups = paths.filter((path) => path.endsWith('.up.sql')).sort()
  const numbers = ups.map((path) => Number(MIGRATION_FILE.exec(path)?.[1]))
  const twin = numbers.findIndex((number, index) => numbers[index - 1] === number)
  if (twin === -1) return
  throw diverged(`${ups[twin - 1]} and ${ups[twin]} have the same number.`)
}

function parseInstalled(text: string): Installed {
  let read: { readonly checksum?: unknown } & Installed
  try {
    read = JSON.parse(text) as typeof read
  } catch (error) {
    throw diverged('installed.json is not JSON.', MERGE, error)
  }
  const { checksum, ...installed } = read
  if (installed.kind !== 'installed' || installed.version !== INSTALLED_VERSION) {
    throw diverged(
      `installed.json is not of version ${INSTALLED_VERSION}.`,
      'Restore it from version control, or compile with the version of stalemate that made it.',
    )
  }
  if (checksum !== sealOf(installed)) throw diverged('installed.json is not as it was compiled.')
  return installed
}

/** The files must be those of the record, no more and no fewer. */
function refuseOthers({ migrations }: Installed, files: ReadonlyMap<string, string>, amend: boolean): void {
  const known = new Set<string>()
  for (const [index, migration] of migrations.entries()) {
    const loose = amend && index === migrations.length - 1
    for (const side of ['up', 'down'] as const) {
      const path = migrationPath(migration, side)
      known.add(path)
      const text = files.get(path)
      if (loose || (text !== undefined && checksumOf(text) === migration[side])) continue
      const last = index === migrations.length - 1
      throw diverged(
        `${path} is ${text === undefined ? 'not there' : 'not as it was compiled'}.`,
        `Restore it from version control${last ? ', or write it anew with --amend if no database has it' : ''}. ${MERGE}`,
      )
    }
  }
  const other = [...files.keys()].find((path) => !known.has(path))
  if (other !== undefined) throw diverged(`${other} is no migration that installed.json knows.`)
}

/**
 * The history before its last migration; `undefined` where that was the first.
 * @throws StalemateError `migrations-diverged` where it is not known
 */
export function undoLast({ installed, files }: History): History | undefined {
  const last = installed.migrations.at(-1)
  if (last === undefined || last.number === 1) return undefined
  if (installed.undo === null) {
    throw diverged(
      'The last migration cannot be amended: the one after it was amended away, and what was there before is not known.',
      'Compile without --amend, which adds a migration.',
    )
  }
  const gone = new Set([migrationPath(last, 'up'), migrationPath(last, 'down')])
  return {
    files: new Map([...files].filter(([path]) => !gone.has(path))),
    installed: {
      ...installed,
      migrations: installed.migrations.slice(0, -1),
      objects: undoObjects(installed.objects, installed.undo),
      undo: null,
    },
  }
}
