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
  /** More of something than can be compiled in good time. */
  | 'too-many'
  /** A rule says both `invalidate` and `refresh`. */
  | 'two-actions'
  /** A key that means nothing beside the others. */
  | 'useless-key'
  /** A pattern that may mean several things. */
  | 'ambiguous-pattern'
  /** A `via` is not a join in SQL. */
  | 'via-syntax'
  /** A `via` is more than one table joined by equal columns. */
  | 'via-not-allowed'
  /** A column of a `via` stands there without its table. */
  | 'via-unqualified'
  /** A `via` or `with` names a table that the rule does not come to. */
  | 'via-other-table'
  /** Nothing is read from a table of a `via`. */
  | 'via-unused'
  /** Two tables of a rule have the same name. */
  | 'duplicate-alias'
  /** The query of a warming set is not SQL. */
  | 'query-syntax'
  /** The query of a warming set does more than read. */
  | 'query-not-allowed'
  /** A warming set has not exactly the params of its cache. */
  | 'warming-params'
  /** A schedule is no cron expression. */
  | 'bad-schedule'
  /** No rule makes a cache wrong: only the TTL bounds how stale it is. */
  | 'unwatched-cache'
  /** No rule binds any param of a cache: each change makes all of its keys wrong. */
  | 'unbound-params'
  /** Entries expire before they are warmed again, or too soon after a refresh has begun. */
  | 'ttl-too-short'
  /** All that a rule does is done by another one. */
  | 'overlapping-rules'
  /** Two rules differ in one list only and can be one. */
  | 'mergeable-rules'
  /** A warming set loads more than it or its cache may hold. */
  | 'warming-limit'
  /** There is no catalog, so that tables and columns are not checked. */
  | 'no-catalog'
  /** The catalog has no table of that name. */
  | 'unknown-table'
  /** The table has no column of that name. */
  | 'unknown-column'
  /** The type of a param is no enum of the database. */
  | 'unknown-type'
  /** No trigger can tell what changes in the table. */
  | 'unfit-table'
  /** The column cannot be read by a trigger, or cannot be a param. */
  | 'unfit-column'
  /** Changes of the table can be missed. */
  | 'missed-changes'
  /** A column has values that its param cannot have. */
  | 'type-misfit'
  /** Columns that a path compares can never be equal. */
  | 'path-types'
  /** A path looks up rows without an index. */
  | 'path-without-index'
  /** A condition means another operator than it does elsewhere. */
  | 'condition-operator'
  /** A condition names a type that is not PostgreSQL's own, without its schema. */
  | 'condition-type'
  /** A condition names a function that is not PostgreSQL's own, without its schema. */
  | 'condition-function'
  /** A cache's query depends on the role or the settings of the session. */
  | 'query-session'
  /** A cache's query gives something else as time goes by, or at random. */
  | 'query-volatile'
  /** A cache's query reads something of whose changes no trigger tells. */
  | 'query-unfit'
  /** A cache's query calls a function of which it is not known what it reads. */
  | 'query-function'
  /** A cache's query reads a materialized view, which changes when it is refreshed. */
  | 'query-materialized'
  /** PostgreSQL does not take a cache's query. */
  | 'query-refused'
  /** Nothing is known yet of what a cache's query means: no database has been asked. */
  | 'query-not-locked'
  /** Columns of a cache's query have no name, or one name twice. */
  | 'query-columns'
  /** A cache's query does not ask for a param, or for one that there is not. */
  | 'query-params'
  /** A rule misses changes that a cache's query depends on. */
  | 'rule-misses'
  /** A rule makes entries wrong for changes that a cache's query does not depend on. */
  | 'rule-wider'

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
