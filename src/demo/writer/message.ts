import type { HotRows } from '../hot-set.ts'
import type { Commit } from '../oracle.ts'
import type { TableName } from '../schema.ts'
import type { Action, Statement } from './statement.ts'

/** What kind of statement is wanted. */
export type Wish = { readonly table: TableName; readonly action: Action }

/** From the demo to the writer process. */
export type Request =
  | {
      readonly kind: 'start'
      readonly connectionString: string
      readonly seed: number
      readonly hot: HotRows
    }
  /** One transaction. */
  | { readonly kind: 'write'; readonly wish?: Wish }
  /** Many transactions, one after the other without waiting. */
  | { readonly kind: 'burst'; readonly count: number }

/** A transaction that has been committed. */
export type Written = Commit & { readonly statement: Statement }

/** From the writer process to the demo; one for each request. */
export type Response =
  | { readonly kind: 'started' }
  | { readonly kind: 'written'; readonly written: readonly Written[] }
  | { readonly kind: 'failed'; readonly message: string }
