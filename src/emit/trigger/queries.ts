import type { Fragment } from '../../sql/fragment.ts'

/** The queries of a statement: for one row and for any number of them. */
export type Queries = {
  readonly one: Fragment
  readonly many: Fragment
  /** What all rows can say at most, where that is found sooner than what they say. */
  readonly most: Fragment | undefined
}
