import { CACHE, FEED } from './running.ts'
import { TRIGGERS } from './installed.ts'

/** A test that fails where a rule is broken. */
export type Proof = {
  /** In `test/`, without `.test.ts`. */
  readonly test: string
  /** Of its title, what is the same for all feeds and versions. */
  readonly title: string
  /** The file in `test/` in which the title stands, where that is another one. */
  readonly from?: string
  /** Whether the test breaks the rule itself, on every run. */
  readonly mutant?: true
}

/** A rule that is broken by hand, for `npm run pitfalls`. */
export type Break = {
  /** In `src/`, without its ending. */
  readonly file: string
  /** A piece of it that it contains once. */
  readonly find: string
  readonly replace: string
  /** The place among the proofs of the one that must fail; the first unless given. */
  readonly seenBy?: number
}

/** A way in which systems of this kind go wrong. */
export type Pitfall = {
  readonly what: string
  readonly does: string
  readonly proofs: readonly Proof[]
  readonly breaks?: readonly Break[]
}

export type Chapter = { readonly title: string; readonly pitfalls: readonly Pitfall[] }

export const CHAPTERS: readonly Chapter[] = [CACHE, FEED, TRIGGERS]
