/** A rule that makes entries of a cache wrong when a table changes. */
export type ShownRule = {
  readonly table: string
  readonly cache: string
  readonly operations: readonly string[]
  /** `rules/calls.yaml:12`. */
  readonly place: string
}
