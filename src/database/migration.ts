/** A migration as its files have it. */
export type Migration = {
  /** From 1; migrations are applied in the order of their numbers. */
  readonly number: number
  /** What the file is called by, without number and ending: `initial`. */
  readonly name: string
  /** SQL that brings the database from the migration before to this one. */
  readonly up: string
  /** SQL that takes it back. */
  readonly down: string
  /** Tells whether the file is still the one that was applied: see `checksumOf`. */
  readonly checksum: string
}
