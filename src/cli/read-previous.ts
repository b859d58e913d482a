import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StalemateError } from '../errors.ts'
import { describeSystemError, hasCode } from './system-error.ts'

/** What the next compilation builds upon. */
const FILES = ['installed.json', 'plan.json']
const MIGRATION_FILE = /^\d{4,}_[a-z0-9_]+\.(?:up|down)\.sql$/

/**
 * Reads what was compiled before: path in the output folder -> text. Empty where nothing was.
 * @throws StalemateError `file-failed`
 */
export async function readPrevious(
  folder: string,
  { shown }: { readonly shown: string },
): Promise<ReadonlyMap<string, string>> {
  const failed = (path: string, error: unknown): StalemateError =>
    new StalemateError('file-failed', `${shown}/${path} cannot be read: ${describeSystemError(error)}.`, {
      hint: 'Nothing was changed. Check that the path is right and that you have the rights to it.',
      cause: error,
    })
  const names = await readdir(join(folder, 'migrations')).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return []
    throw failed('migrations', error)
  })
  const migrations = names.filter((name) => MIGRATION_FILE.test(name)).sort()
  const texts = new Map<string, string>()
  for (const path of [...migrations.map((name) => `migrations/${name}`), ...FILES]) {
    const text = await readFile(join(folder, path), 'utf8').catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return undefined
      throw failed(path, error)
    })
    if (text !== undefined) texts.set(path, text)
  }
  return texts
}
