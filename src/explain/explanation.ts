/** What was asked about. */
export type Subject =
  | { readonly kind: 'table'; readonly table: string }
  | { readonly kind: 'column'; readonly table: string; readonly column: string }
  | { readonly kind: 'cache'; readonly cache: string; readonly key: string }
  /** `params` are the values that are known; of a pattern, not all of them are. */
  | {
      readonly kind: 'key'
      readonly cache: string
      readonly key: string
      readonly params: Readonly<Record<string, string>>
    }

/** One way in which a change makes keys wrong. */
export type Reason = {
  readonly cache: string
  /** With the columns that params are read from: `dashboard:{calls.user_id}`; `*` is any value. */
  readonly keys: string
  /** The table that changes. */
  readonly table: string
  readonly rule: { readonly file: string; readonly line: number; readonly column: number }
  /** The table that the rule is written for: another one where its path only crosses the table that changes. */
  readonly ruleTable: string
  readonly action: 'invalidate' | 'refresh'
  readonly operations: readonly string[]
  /** What an update must change to matter. */
  readonly columns: readonly string[] | 'all'
  /** A condition that holds for the row before or after. */
  readonly when: string | undefined
  /** Of a cache's query instead of a rule: which params may be anything, and why. */
  readonly widened?: readonly { readonly param: string; readonly why: string }[]
  /** The tables on the way to the params, as rules write it. */
  readonly via: readonly string[]
  /** Of a key: what the changed row has, as far as it is known. */
  readonly rows: readonly string[]
}

/** A trigger's function: its name and its body. */
export type Routine = { readonly name: string; readonly body: string }

export type Answer = {
  readonly subject: Subject
  /** In the order of the rules; empty when nothing is made wrong, or nothing makes it wrong. */
  readonly reasons: readonly Reason[]
  /** Of the triggers that see the changes, where it was asked for. */
  readonly sql: readonly Routine[]
}

/** What a name may stand for: more than one thing where a cache and a table share it. */
export type Explanation =
  | { readonly ok: true; readonly answers: readonly Answer[] }
  /** Nothing is named so. */
  | { readonly ok: false; readonly message: string; readonly hint: string }
