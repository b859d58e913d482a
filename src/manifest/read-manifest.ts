import { StalemateError } from '../errors.ts'
import { type Manifest, MANIFEST_VERSION } from './manifest.ts'

/**
 * Makes sure that `value` is a manifest of this version.
 *
 * @throws StalemateError `manifest-invalid`
 */
export function readManifest(value: unknown): Manifest {
  if (typeof value !== 'object' || value === null) fail('it is no object')
  const { version, ruleset, channel, caches, tables, paths } = value as Partial<
    Record<keyof Manifest, unknown>
  >
  if (version !== MANIFEST_VERSION)
    fail(`its version is ${JSON.stringify(version)}, this runtime reads ${MANIFEST_VERSION}`)
  if (typeof ruleset !== 'string' || typeof channel !== 'string') fail('it names no ruleset or channel')
  if (typeof caches !== 'object' || caches === null || !Array.isArray(tables))
    fail('it lists no caches or tables')
  if (typeof paths !== 'object' || paths === null) fail('it lists no paths')
  return value as Manifest
}

function fail(why: string): never {
  throw new StalemateError('manifest-invalid', `This is no usable manifest: ${why}.`, {
    hint: 'Pass the `manifest` that generated/caches.ts exports, compiled by the installed version of stalemate.',
  })
}
