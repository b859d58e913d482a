import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { checksumOf } from '../plan/checksum.ts'
import { StalemateError } from '../errors.ts'
import { readManifest } from '../manifest/read-manifest.ts'
import { showPath } from './show-path.ts'
import { describeSystemError, hasCode } from './system-error.ts'
import type { Migration } from '../database/migration.ts'
import type { Manifest } from '../manifest/manifest.ts'

const MIGRATION_FILE = /^(\d{4,})_([a-z0-9_]+)\.up\.sql$/
const COMPILE_FIRST = 'Run stalemate compile first, or name the folder with --dir.'

/** What a folder holds to be applied. */
export type ReadMigrations = {
  /** The ruleset that the manifest beside the folder names. */
  readonly ruleset: string
  /** In the order of their numbers. */
  readonly migrations: readonly Migration[]
}

function invalid(message: string, hint: string, cause?: unknown): StalemateError {
  return new StalemateError('file-failed', message, { hint, cause })
}

function parseManifest(text: string, path: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw invalid(`${path} is not JSON.`, 'Run stalemate compile to write it anew.', error)
  }
  return readManifest(value)
}

/**
 * Reads the migrations of a folder: `NNNN_name.up.sql`, each with its `.down.sql`, and `manifest.json` beside
 * the folder. Other files are left alone.
 * @throws StalemateError `file-failed` where there are none, one cannot be read, or a number is there twice;
 *   `manifest-invalid`
 */
export async function readMigrations(
  folder: string,
  { cwd }: { readonly cwd: string },
): Promise<ReadMigrations> {
  const read = async (path: string): Promise<string> => {
    try {
      return await readFile(path, 'utf8')
    } catch (error) {
      throw explain(path, error)
    }
  }
  const explain = (path: string, error: unknown): StalemateError =>
    invalid(
      `${showPath(path, cwd)} cannot be read: ${describeSystemError(error)}.`,
      hasCode(error, 'ENOENT') ? COMPILE_FIRST : 'Check that you may read it.',
      error,
    )
  const names = await readdir(folder).catch((error: unknown) => {
    throw explain(folder, error)
  })
  const migrations: Migration[] = []
  for (const file of names.sort()) {
    const [, digits, name] = MIGRATION_FILE.exec(file) ?? []
    if (digits === undefined || name === undefined) continue
    const up = await read(join(folder, file))
    const down = await read(join(folder, `${digits}_${name}.down.sql`))
    migrations.push({ number: Number(digits), name, up, down, checksum: checksumOf(up) })
  }
  const shown = showPath(folder, cwd)
  if (migrations.length === 0) throw invalid(`${shown} holds no migration.`, COMPILE_FIRST)
  const twice = migrations.find(({ number }, index) => migrations[index - 1]?.number === number)
  if (twice) {
    throw invalid(
      `${shown} holds two migrations with the number ${twice.number}.`,
      'Keep one of them: two branches have probably added one each.',
    )
  }
  const manifest = join(dirname(folder), 'manifest.json')
  return { ruleset: parseManifest(await read(manifest), showPath(manifest, cwd)).ruleset, migrations }
}
