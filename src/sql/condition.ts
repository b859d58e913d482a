/**
 * A condition as data, for answering without a database whether a row meets it. Only what means the same
 * here and in PostgreSQL has a node; everything else is `unknown`, which may be true.
 */
export type ConditionNode =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly ConditionNode[] }
  | { readonly kind: 'not'; readonly part: ConditionNode }
  | { readonly kind: 'null'; readonly column: string; readonly negated: boolean }
  | {
      readonly kind: 'compare'
      readonly operator: '=' | '<>' | '<' | '<=' | '>' | '>='
      readonly left: ConditionTerm
      readonly right: ConditionTerm
    }
  | {
      readonly kind: 'in'
      readonly term: ConditionTerm
      readonly list: readonly ConditionTerm[]
      readonly negated: boolean
    }
  | { readonly kind: 'truth'; readonly term: ConditionTerm }
  | { readonly kind: 'unknown' }

export type ConditionTerm =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'value'; readonly value: string | number | boolean | null }

/** A rule's `when`. */
export type Condition = {
  /**
   * One SQL expression over the columns of the row, as the user wrote it but for comments and schemas: where columns
   * are qualified, it is by the table's name alone.
   */
  readonly sql: string
  /** Columns that it reads, sorted. */
  readonly columns: readonly string[]
  readonly tree: ConditionNode
}
