/** What was found in a rule file, for machines. */
export type DiagnosticCode =
  /** There is no rule file. */
  | 'no-rules'
  /** The file is larger than a rule file may be. */
  | 'file-too-large'
  /** The file contains a NUL character, or is not text. */
  | 'not-text'
  /** The file is not YAML, or uses a part of YAML that rules have no use for. */
  | 'yaml-syntax'
  /** Lists and maps are nested, or aliases multiplied, beyond what rules need. */
  | 'too-deep'
  /** A key stands twice in one map. */
  | 'duplicate-key'
  /** Two files, or two places, define the same thing. */
  | 'duplicate-definition'
  /** A key that the rule language does not have. */
  | 'unknown-key'
  /** Something is left out that must be there. */
  | 'missing-key'
  /** A value of another type than expected. */
  | 'wrong-type'
  /** A value of the right type that is not allowed here. */
  | 'wrong-value'
  /** A list in which something stands twice. */
  | 'repeated-item'
  /** A name that the ruleset, a cache or a param cannot have. */
  | 'bad-name'
  /** The name of a table or column is not a PostgreSQL identifier. */
  | 'bad-identifier'
  /** A key template or pattern is malformed. */
  | 'bad-template'
  /** A placeholder of a key has no entry in `params`. */
  | 'undeclared-param'
  /** A param is no placeholder of the key. */
  | 'unused-param'
  /** Two caches can have the same key. */
  | 'overlapping-keys'
  /** A rule names a cache that does not exist. */
  | 'unknown-cache'
  /** A pattern matches no cache. */
  | 'no-match'
  /** `with` names a param that the cache or pattern does not have. */
  | 'unknown-param'
  /** A condition is not SQL. */
  | 'condition-syntax'
  /** A condition is more than one expression. */
  | 'condition-not-one'
  /** A condition contains what cannot be told from one row. */
  | 'condition-not-allowed'
  /** A condition gives no truth value. */
  | 'condition-not-boolean'
  /** A condition names a column of another table. */
  | 'condition-other-table'
  /** A condition compares with a text in double quotes, which is a column. */
  | 'condition-quotes'
  /** `columns` on a rule that watches no update. */
  | 'useless-columns'
  /** The same rule stands twice. */
  | 'duplicate-rule'

/** A range in a file; lines and columns count from 1, in UTF-16 units; offsets from 0. */
export type Range = {
  readonly start: number
  readonly end: number
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

/** Something found in a rule file, for people and for machines. */
export type Diagnostic = {
  readonly severity: 'error' | 'warning' | 'notice'
  readonly code: DiagnosticCode
  /** One sentence. */
  readonly message: string
  /** What to do about it, in one sentence. */
  readonly hint: string | undefined
  /** The path as it was given; empty when it concerns no file. */
  readonly file: string
  readonly range: Range
}
