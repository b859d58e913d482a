/** What went wrong, for programs. Every code is documented in `docs/errors.md`. */
export type ErrorCode =
  /** An option has a value that cannot work. */
  | 'option-invalid'
  /** A cache of the manifest has no loader. */
  | 'loader-missing'
  /** A name that is no cache of the manifest was given. */
  | 'cache-unknown'
  /** A table was named on which no cache depends. */
  | 'table-unknown'
  /** A pattern of keys is malformed, or no key can match it. */
  | 'pattern-invalid'
  /** An invalidation was not applied everywhere; `cause` is what failed last. */
  | 'invalidation-failed'
  /** A name that is no warming set of the manifest was given, or params that none has. */
  | 'warming-unknown'
  /** No running instance has answered. */
  | 'no-instance'
  /** A param is missing, unknown, or not of its declared type. */
  | 'param-invalid'
  /** The manifest was made by another version or is not a manifest. */
  | 'manifest-invalid'
  /** A catalog file was made by another version, was changed by hand, or is no catalog. */
  | 'catalog-invalid'
  /** A lock file of queries was made by another version, was changed by hand, or is none. */
  | 'lock-invalid'
  /** A load took longer than it may. */
  | 'load-timeout'
  /** The loader has failed too often in a row and is left in peace for a moment; `cause` is what failed last. */
  | 'load-refused'
  /** A loader returned what it must not, such as fewer values than it was asked for. */
  | 'load-invalid'
  /** A key template or pattern is malformed. */
  | 'template-invalid'
  /** A message with the wire prefix does not decode. */
  | 'wire-invalid'
  /** A control message is too long for the feeds that have to carry it. */
  | 'control-too-long'
  /** What had been committed was not applied within the time that was given. */
  | 'sync-timeout'
  /** A token does not confirm an emergency clear: it is unknown, spent, or too old. */
  | 'clear-refused'
  /** The runtime was closed while, or before, it was asked. */
  | 'closed'
  /** The database cannot be reached or refused the connection. */
  | 'connection-failed'
  /** The feed's connection does not deliver notifications, as behind a transaction-mode pooler. */
  | 'feed-silent'
  /** The server can't serve the feed, or may not: a setting, a right, or what it waits for is in the way. */
  | 'feed-refused'
  /** SQL text contains what cannot be put into SQL, such as a NUL. */
  | 'sql-invalid'
  /** A migration could not be applied; nothing of it was. */
  | 'migration-failed'
  /** A recorded migration is not the file of that number. */
  | 'migration-changed'
  /** A migration is not applied although a later one is, or one is to be taken back whose file is not there. */
  | 'migration-order'
  /** The triggers of a ruleset are installed, and no record says by which migrations. */
  | 'migration-unrecorded'
  /** The role lacks a right that it needs to look; the hint names the grant. */
  | 'rights-missing'
  /** The generated migrations are not those that were compiled, as after a merge of two branches that added one each. */
  | 'migrations-diverged'
  /** A lock that a migration needs was not free in time. */
  | 'lock-timeout'
  /** A statement that was simulated failed, or could not be watched; nothing was changed. */
  | 'simulation-failed'
  /** The rules have errors; they are printed one by one. */
  | 'rules-invalid'
  /** A file or folder could not be read or written. */
  | 'file-failed'
  /** The command line is wrong. */
  | 'usage'
  /** The embedded PostgreSQL could not be started. */
  | 'embedded-failed'

/** Options of {@link StalemateError}. */
export type ErrorDetails = {
  /** What to do about it, in one sentence. */
  readonly hint?: string
  readonly cause?: unknown
}

/** The one class of error that Stalemate throws by itself; what a loader throws is passed on as it is. */
export class StalemateError extends Error {
  override readonly name = 'StalemateError'
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, { hint, cause }: ErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.hint = hint
  }
}
