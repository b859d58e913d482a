import { readFile } from 'node:fs/promises'
import { StalemateError } from '../errors.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { readManifest } from '../manifest/read-manifest.ts'
import { showPath } from './show-path.ts'
import { describeSystemError, hasCode } from './system-error.ts'

/**
 * Reads `manifest.json` as `stalemate compile` wrote it.
 * @throws StalemateError `file-failed`, `manifest-invalid`
 */
export async function readManifestFile(path: string, { cwd }: { readonly cwd: string }): Promise<Manifest> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new StalemateError(
      'file-failed',
      `${showPath(path, cwd)} cannot be read: ${describeSystemError(error)}.`,
      {
        hint: hasCode(error, 'ENOENT') ? 'Run `stalemate compile` first.' : 'Check that you may read it.',
        cause: error,
      },
    )
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new StalemateError('manifest-invalid', `${showPath(path, cwd)} is not JSON.`, {
      hint: 'Run `stalemate compile` to write it anew.',
      cause,
    })
  }
  return readManifest(value)
}
