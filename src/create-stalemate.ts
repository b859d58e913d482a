import type { App, CacheTypes, CreateOptions } from './app.ts'

/**
 * Starts a runtime: caches by the manifest, kept true by what the triggers send. Resolves at once, also when
 * the database is down; await `ready` for the proof that changes arrive.
 *
 * @throws StalemateError `manifest-invalid`, `loader-missing`, `option-invalid`
 */
export async function createStalemate<C extends CacheTypes = CacheTypes>(
  options: CreateOptions<C>,
): Promise<App<C>> {
  // Who imports the library for its types, its errors or its compiler does not pay for the runtime and the driver.
  const engine = await import('./engine.ts')
  return await engine.createStalemate(options)
}
