/** A migration as another tool is to apply it. */
export type ToolMigration = {
  /** `stalemate_RULESET__NNNN_NAME`, by which its files are found again. */
  readonly tag: string
  readonly up: string
  readonly down: string
}

/** The way in which another tool wants its migrations. Paths are relative to its folder. */
export type Format = {
  /** Its folder, where the user names none. */
  readonly folder: string
  /** Finds the tag in a path of a migration, and the number that the tool orders by. */
  readonly file: RegExp
  /** The next number, after all that are there. */
  readonly nextPrefix: (last: number, now: Date) => number
  /** The files of a migration, its own first. */
  readonly write: (prefix: string, migration: ToolMigration) => ReadonlyMap<string, string>
  /** A file that lists the migrations, if the tool has one. */
  readonly index?: {
    readonly path: string
    readonly write: (
      before: string | undefined,
      entries: readonly IndexEntry[],
      gone: readonly string[],
    ) => string
  }
  /** Digits of a number, filled with zeros. */
  readonly digits: number
}

/** A migration for the index: its name, and the one under which it is there already. */
export type IndexEntry = { readonly name: string; readonly before: string | undefined; readonly now: Date }
