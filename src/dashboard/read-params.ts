import { StalemateError } from '../errors.ts'
import { decodeParam } from '../key/param.ts'
import type { ManifestParam } from '../manifest/manifest.ts'

/**
 * Params as somebody has typed them in, all or some of a cache's. A text is read by the type of its param; what does not
 * fit stays as it is, for the cache to refuse.
 *
 * @throws StalemateError `param-invalid`: not an object
 */
export function readParams(
  declared: readonly ManifestParam[],
  given: unknown,
): Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new StalemateError('param-invalid', 'Expected params to be an object.')
  }
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const type = declared.find((param) => param.name === name)?.type
      const read = type !== undefined && typeof value === 'string' ? decodeParam(type, value) : undefined
      return [name, read ?? (value as unknown)]
    }),
  )
}
