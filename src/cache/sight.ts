import type { ParamValue } from '../key/param.ts'

/** What is known of an entry before it is worked on. */
export type Sight = {
  /** `wrong`: served although a change has made it wrong, as a rule allows until it is reloaded. */
  readonly state: 'absent' | 'fresh' | 'due' | 'wrong'
  /** It was served since it was loaded. */
  readonly isRead: boolean
  /** Reads a second since it was loaded. */
  readonly rate: number
}

export type Sighted = Sight & { readonly values: readonly ParamValue[] }

/** An entry that someone asked for. */
export type Asked = {
  readonly values: readonly ParamValue[]
  /** Milliseconds that its load took. */
  readonly took: number
}

/** How a load in the background ended. `unstored`: an invalidation came meanwhile, or there is nothing to hold. */
export type Reloaded =
  | { readonly kind: 'stored' }
  | { readonly kind: 'unstored' }
  | { readonly kind: 'failed'; readonly error: unknown }
