import { isLoader } from './cache/runtime-settings.ts'
import { StalemateError } from './errors.ts'
import type { Manifest } from './manifest/manifest.ts'

/**
 * Makes sure that each cache has a loader, given or made of its query.
 *
 * @throws StalemateError `loader-missing`
 */
export function checkLoaders({ caches }: Manifest, given: Readonly<Record<string, unknown>>): void {
  for (const [name, { query }] of Object.entries(caches)) {
    if (isLoader(given[name]) || (given[name] === undefined && query !== undefined)) continue
    throw new StalemateError('loader-missing', `Cache ${name} has no loader.`, {
      hint: `Pass loaders: { ${name}: async (params) => ... }.`,
    })
  }
}
