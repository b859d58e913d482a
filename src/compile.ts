import type { Catalog } from './catalog/catalog.ts'
import type { AskDatabase, DerivedCaches } from './derive/derive-caches.ts'
import type { Plan } from './plan/plan.ts'
import type { Diagnostic } from './rules/diagnostic.ts'
import type { EmittedFiles } from './emit/emit-files.ts'
import type { MigrationOptions } from './emit/emit-migrations.ts'
import type { FailOptions } from './rules/fails-on.ts'
import type { RuleFiles } from './rules/parse-rules.ts'
import type { Ruleset } from './rules/ruleset.ts'

/** Options of {@link compileRules}. */
export type CompileOptions = FailOptions &
  MigrationOptions & {
    /**
     * What the database has, to check tables, columns and types with: the text of the `catalog.json` that `stalemate pull`
     * writes, or the same as data. Without it they are not checked.
     */
    readonly catalog?: Catalog | string | undefined
    /** The text of `queries.lock.json`: what was asked of PostgreSQL about the queries of caches. */
    readonly queries?: string | undefined
    /** Asks what a query means that `queries` does not know; without it such a query is an error. */
    readonly ask?: AskDatabase | undefined
    /** Whether to ask also about queries that `queries` knows; false unless said otherwise. */
    readonly again?: boolean | undefined
    /**
     * Whether the rules of every cache that has a query are compared with what its query needs; false unless said otherwise:
     * then only those of caches that have both.
     */
    readonly coverage?: boolean | undefined
  }

/** What {@link compileRules} makes of rule files. */
export type Compiled = {
  /** `undefined` when a rule is wrong. */
  readonly ruleset: Ruleset | undefined
  /** `undefined` when a rule is wrong; for `changedKeys`. */
  readonly plan: Plan | undefined
  /** Everything that was found, all of it at once. */
  readonly diagnostics: readonly Diagnostic[]
  /** Text of the generated files by path relative to the output folder; empty when a rule is wrong. */
  readonly files: ReadonlyMap<string, string>
  /** Paths of earlier migrations that are to be removed: one that was amended may have another name, or be needless. */
  readonly removed: readonly string[]
}

/**
 * Compiles rule files: from their text to that of the generated files. Reads and writes no disk, and gives the same bytes
 * for the same input. Wrong rules are told by `diagnostics`, never thrown.
 *
 * Without `previous` there is one migration, which makes everything. With the files of the last time, those
 * migrations stay as they are, and one is added when the rules need other triggers or functions.
 *
 * @param files texts by path; the paths stand in diagnostics, the file names in the banners of generated files
 * @param options `catalog`: what the database has; `strict`: a warning counts as an error, so that nothing is generated;
 *   false unless said otherwise. `previous`: the files of the last time; `amend`: write the last migration anew instead of
 *   adding one; `name`: of the migration that is added
 * @throws StalemateError `catalog-invalid` when the text of the catalog is none; `lock-invalid` for that of `queries`; `migrations-diverged` where the files in
 *   `previous` do not belong together
 */
export async function compileRules(files: RuleFiles, options: CompileOptions = {}): Promise<Compiled> {
  const { files: made, ...compiled } = await compileTexts(files, options)
  return { ...compiled, files: new Map([...made].map(([path, text]) => [path, String(text)])) }
}

/** What {@link compileTexts} makes: as {@link compileRules}, but long texts are in pieces. */
export type CompiledTexts = Omit<Compiled, 'files'> & { readonly files: EmittedFiles }

/** As {@link compileRules}, for those who only write the texts, or compare them. */
export async function compileTexts(
  files: RuleFiles,
  { catalog, strict, queries, ask, again, coverage, ...migration }: CompileOptions,
): Promise<CompiledTexts> {
  // Its WASM is compiled on other threads while the modules below are read.
  const parser = import('./sql/load-parser.ts').then(({ loadParser }) => loadParser())
  // An application that only runs the caches must not pay for loading a compiler.
  const [{ parseRules }, { failsOn }, { buildPlan }, { emitFiles }, { rulesSchema }] = await Promise.all([
    import('./rules/parse-rules.ts'),
    import('./rules/fails-on.ts'),
    import('./plan/build-plan.ts'),
    import('./emit/emit-files.ts'),
    import('./rules/schema.ts'),
    parser,
  ])
  let locked: DerivedCaches['locked'] = []
  const { ruleset, diagnostics } = await parseRules(files, {
    check: async (rules) => {
      const known = await loadCatalog(catalog)
      if (known !== undefined) await (await import('./check/check-catalog.ts')).checkCatalog(known, rules)
      if (![...rules.caches.values()].some(({ query }) => query !== undefined)) return undefined
      const [{ deriveCaches }, { parseLock }] = await Promise.all([
        import('./derive/derive-caches.ts'),
        import('./derive/lock-file.ts'),
      ])
      const before = queries === undefined ? [] : parseLock(queries).queries
      const derived = await deriveCaches(rules, { locked: before, ask, again, catalog: known, coverage })
      locked = derived.locked
      return derived
    },
  })
  if (ruleset === undefined || failsOn(diagnostics, { strict }))
    return { ruleset: undefined, plan: undefined, diagnostics, files: new Map(), removed: [] }
  const plan = buildPlan(ruleset)
  // File names without folders: the same bytes from whatever folder the compiler is started in.
  const sources = [...(files instanceof Map ? files.keys() : Object.keys(files))].map((path) =>
    path.replace(/^.*[/\\]/, ''),
  )
  const { previous } = migration
  const made = emitFiles(plan, { ruleset, schema: rulesSchema, sources, ...migration })
  const removed = [...(previous?.keys() ?? [])].filter(
    (path) => path.startsWith('migrations/') && !made.has(path),
  )
  const lock = await formatLocked(locked)
  return { ruleset, plan, diagnostics, files: new Map([...made, ...lock]), removed }
}

async function formatLocked(
  locked: DerivedCaches['locked'],
): Promise<readonly (readonly [path: string, text: string])[]> {
  if (locked.length === 0) return []
  const { formatLock, LOCK_FILE } = await import('./derive/lock-file.ts')
  return [[LOCK_FILE, formatLock(locked)]]
}

async function loadCatalog(given: Catalog | string | undefined): Promise<Catalog | undefined> {
  if (typeof given !== 'string') return given
  const { parseCatalog } = await import('./catalog/catalog-file.ts')
  return parseCatalog(given)
}
