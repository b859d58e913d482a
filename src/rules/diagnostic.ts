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
  readonly code: string
  /** One sentence. */
  readonly message: string
  /** What to do about it, in one sentence. */
  readonly hint: string | undefined
  readonly file: string
  readonly range: Range
}
