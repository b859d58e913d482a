import type { ParamSource, Path, RowColumn, TableName } from '../rules/ruleset.ts'
import type { DiagnosticCode } from '../rules/diagnostic.ts'

/** Why a watch is wider than one might hope. */
export type Widening = {
  /** The param that may be anything. */
  readonly param: string
  /** In a sentence after "because", without a full stop. */
  readonly why: string
}

/** What a query needs to know of a table that it reads. */
export type DerivedWatch = {
  readonly table: TableName
  /** What the table is called in the query. */
  readonly alias: string
  /** Params that a row leads to; the others may be anything. */
  readonly params: readonly ParamSource[]
  /** Only where params are found over other tables. */
  readonly path: Path | undefined
  /** Columns that the query reads here, sorted. */
  readonly columns: readonly string[] | 'all'
  /** An SQL condition on the row, without which it does not matter. */
  readonly condition: string | undefined
  readonly widened: readonly Widening[]
}

/** Something to say about a query. */
export type QueryProblem = {
  readonly severity: 'error' | 'warning'
  readonly code: DiagnosticCode
  readonly message: string
  readonly hint: string
}

/** What follows from a cache's query: plain data. */
export type Derivation = {
  readonly kind: 'derivation'
  /** Sorted by table and alias. */
  readonly watches: readonly DerivedWatch[]
  readonly row: readonly RowColumn[]
  readonly problems: readonly QueryProblem[]
}
