import type { App, CacheTypes } from '../app.ts'
import { StalemateError } from '../errors.ts'
import { readParams } from './read-params.ts'

/** What an action came to: a sentence for the person who asked, and what the next step needs. */
export type ActionResult = { readonly message: string; readonly token?: string }

type Action = (
  app: App<CacheTypes>,
  body: Readonly<Record<string, unknown>>,
) => Promise<ActionResult> | ActionResult

/** What a page can ask for, by name. Bodies come from outside: each action checks its own. */
export const ACTIONS: Readonly<Record<'invalidate' | 'warm' | 'request-clear' | 'clear', Action>> = {
  invalidate: async (app, { cache, params }) => {
    const handle = Object.hasOwn(app.caches, text(cache)) ? app.caches[text(cache)] : undefined
    if (handle === undefined) throw new StalemateError('param-invalid', `There is no cache ${text(cache)}.`)
    const declared = app.manifest.caches[text(cache)]?.params ?? []
    const { dropped } = await handle.invalidate(readParams(declared, params ?? {}))
    return {
      message: `${dropped} entries of ${text(cache)} were dropped here, and every other runtime was told.`,
    }
  },
  warm: (app, { set }) => {
    const name = text(set)
    if (!Object.hasOwn(app.manifest.warming ?? {}, name)) {
      throw new StalemateError('warming-unknown', `There is no warming set ${name}.`)
    }
    // What becomes of it is an operation, which says why it failed.
    app.warm(name).catch(() => {})
    return { message: `${name} is being warmed in this process.` }
  },
  'request-clear': (app, { cache, reason }) => {
    const scope = cache === undefined || cache === '' ? 'all' : { cache: text(cache) }
    const { token, validFor } = app.requestClear({ scope, reason: text(reason) })
    return {
      token,
      message: `Confirm within ${Math.round(validFor / 1_000)} s: nothing has been cleared yet.`,
    }
  },
  clear: async (app, { token }) => {
    const { epoch } = await app.clear(text(token))
    return { message: `Cleared in the whole fleet; the epoch is ${epoch} now.` }
  },
}

/** A value from outside as text; nothing for what is none. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
