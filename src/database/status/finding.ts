/** What can differ between a database and what the migrations make. Every kind is told in `docs/operations.md`. */
export type DriftKind =
  /** Migrations are not applied yet, or the database has some that are not here, or others of the same number. */
  | 'version'
  /** The schema of ours is missing. */
  | 'schema-missing'
  /** A watched table is missing: dropped or renamed. */
  | 'table-missing'
  /** A column that a rule reads is missing: dropped or renamed. */
  | 'column-missing'
  | 'function-missing'
  /** A function has another body. */
  | 'body'
  /** A function has another language, volatility or strictness. */
  | 'definition'
  /** A function does not run with the rights of its owner, or does and should not. */
  | 'security'
  /** A function has another `search_path`, or another setting. */
  | 'settings'
  /** Something does not belong to the owner of the schema. */
  | 'owner'
  /** Somebody may do what nobody should, or the owner may not do what the triggers need. */
  | 'rights'
  /** The role that the triggers run as is subject to row security where they write: rows would vanish without an error. */
  | 'row-security'
  | 'trigger-missing'
  /** A partition, or a table that inherits, has no trigger: what is written straight to it is missed. */
  | 'partition'
  | 'disabled'
  /** A trigger fires at another time, for other events, on a condition, or sees other rows. */
  | 'trigger'
  /** A trigger or function of the ruleset that its rules do not have. */
  | 'orphan'
  | 'comment'
  /** A table, index, sequence or publication that all rulesets share is missing. */
  | 'shared-missing'
  /** A shared table survives a crash and should not, or does not and should. */
  | 'persistence'

/** One difference. */
export type Drift = {
  readonly kind: DriftKind
  /** Such as `function stalemate.app_calls_insert` or `trigger stalemate_app_insert on public.calls`. */
  readonly object: string
  /** One sentence. */
  readonly message: string
  /** SQL statements that mend it; none where people must decide. */
  readonly repair: readonly string[]
}
