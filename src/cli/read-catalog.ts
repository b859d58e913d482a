import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { StalemateError } from '../errors.ts'
import { showPath } from './show-path.ts'
import { describeSystemError, hasCode } from './system-error.ts'
import type { Catalog } from '../catalog/catalog.ts'

/** The file of the catalog in the folder of the generated files. */
export const CATALOG_FILE = 'catalog.json'

/**
 * Reads the catalog that `stalemate pull` left in a folder; `undefined` when there is none.
 * @throws StalemateError `file-failed`, `catalog-invalid`
 */
export async function readCatalogFile(out: string, cwd: string): Promise<Catalog | undefined> {
  const text = await readIfThere(join(resolve(cwd, out), CATALOG_FILE), cwd)
  if (text === undefined) return undefined
  const { parseCatalog } = await import('../catalog/catalog-file.ts')
  return parseCatalog(text)
}

/**
 * The text of the lock file of queries in a folder; `undefined` when there is none.
 * @throws StalemateError `file-failed`
 */
export async function readLockFile(out: string, cwd: string): Promise<string | undefined> {
  return await readIfThere(join(resolve(cwd, out), 'queries.lock.json'), cwd)
}

async function readIfThere(path: string, cwd: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined
    throw new StalemateError(
      'file-failed',
      `${showPath(path, cwd)} cannot be read: ${describeSystemError(error)}.`,
      { hint: 'Check that you may read it.', cause: error },
    )
  })
}
