import { CLEAR, type Why } from '../cache/why.ts'
import type { Controls } from '../controls.ts'
import { StalemateError } from '../errors.ts'
import type { Tiers } from '../invalidate/tiers.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { Emitter } from '../observe/emitter.ts'
import type { Clock } from '../options.ts'
import type { Query } from '../feed/publish.ts'
import { checkReason, checkScope, type ClearScope, raiseEpoch, readEpochs } from './epochs.ts'
import { TOKEN_LIFE, Tokens } from './tokens.ts'

export type ClearRequest = {
  readonly scope: ClearScope
  /** Why, for whoever looks at the database later. */
  readonly reason: string
}

export type ClearTicket = ClearRequest & {
  /** Confirms the request once. */
  readonly token: string
  /** Milliseconds for which it does. */
  readonly validFor: number
}

export type ClearsSettings = {
  readonly manifest: Manifest
  readonly query: Query
  readonly controls: Controls
  readonly clock: Clock
  readonly caches: ReadonlyMap<string, { readonly invalidateAll: (why: Why) => unknown }>
  readonly tiers: Pick<Tiers, 'owe'>
  readonly emit: Emitter['emit']
  /** Throws once the runtime is closed. */
  readonly assertOpen: () => void
}

/**
 * Emergency clears. The truth is a row in the database, which is compared before trust is given or renewed and when a
 * message says that it has changed; so a runtime that was away finds out before it serves anything from before.
 */
export class Clears {
  readonly #settings: ClearsSettings
  readonly #tokens: Tokens<ClearRequest>
  readonly #known = new Map<string, number>()
  #reading: Promise<void> | undefined

  constructor(settings: ClearsSettings) {
    this.#settings = settings
    this.#tokens = new Tokens(settings.clock)
    settings.controls.handle('clear', () => {
      const reading = (this.#reading ?? Promise.resolve())
        .then(() => this.look())
        .catch((error: unknown) => settings.emit('error', { error }))
        .then(() => {
          if (this.#reading === reading) this.#reading = undefined
        })
      this.#reading = reading
    })
  }

  /**
   * Asks for a clear; nothing happens until `clear` is given the token.
   *
   * @throws StalemateError `cache-unknown`, `option-invalid`: no reason was given
   */
  request({ scope, reason }: ClearRequest): ClearTicket {
    this.#settings.assertOpen()
    checkScope(this.#settings.manifest.caches, scope)
    checkReason(reason)
    return { scope, reason, token: this.#tokens.issue({ scope, reason }), validFor: TOKEN_LIFE }
  }

  /**
   * Raises the fleet's epoch: everything in scope is given up here when this resolves, and by the others when they
   * hear of it or return.
   *
   * @throws StalemateError `clear-refused`; or what the database threw, and then the token is spent
   */
  async clear(token: string): Promise<{ readonly scope: ClearScope; readonly epoch: number }> {
    this.#settings.assertOpen()
    const request = this.#tokens.redeem(token)
    if (request === undefined) {
      throw new StalemateError(
        'clear-refused',
        'This token confirms nothing: it is unknown, spent or too old.',
        {
          hint: 'Ask for another one with requestClear; it confirms once, for a minute.',
        },
      )
    }
    const { query, manifest } = this.#settings
    const epoch = (await raiseEpoch(query, manifest, request.scope, request.reason)) ?? 0
    await this.look()
    return { scope: request.scope, epoch }
  }

  /** Compares the epochs with those that were known, and gives up what is of an older one. */
  async look(): Promise<void> {
    const { query, manifest } = this.#settings
    for (const [cache, epoch] of await readEpochs(query, manifest.ruleset)) {
      if (epoch <= (this.#known.get(cache) ?? 0)) continue
      this.#known.set(cache, epoch)
      const names = Object.keys(manifest.caches)
      if (cache === '') this.#drop(names, 'all', epoch)
      else if (names.includes(cache)) this.#drop([cache], { cache }, epoch)
    }
  }

  /** What looks at something else only after a look at the epochs. */
  guard<T>({ look }: { readonly look: () => Promise<T> }): { readonly look: () => Promise<T> } {
    return {
      look: async () => {
        await this.look()
        return await look()
      },
    }
  }

  /** Resolves when what messages told of has been looked at; `undefined` when it has. */
  settled(): Promise<void> | undefined {
    return this.#reading
  }

  #drop(names: readonly string[], scope: ClearScope, epoch: number): void {
    const { caches, tiers, emit } = this.#settings
    for (const name of names) caches.get(name)?.invalidateAll(CLEAR)
    tiers.owe(names.map((cache) => ({ kind: 'all', cache, reason: 'requested' })))
    emit('clear', { scope, epoch })
  }
}
