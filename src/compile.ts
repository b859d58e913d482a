import type { Catalog } from './catalog/catalog.ts'
import type { Plan } from './plan/plan.ts'
import type { Diagnostic } from './rules/diagnostic.ts'
import type { FailOptions } from './rules/fails-on.ts'
import type { RuleFiles } from './rules/parse-rules.ts'
import type { Ruleset } from './rules/ruleset.ts'

/** Options of {@link compileRules}. */
export type CompileOptions = FailOptions & {
  /** What the database has, as `stalemate pull` reads it; without it, tables and columns are not checked. */
  readonly catalog?: Catalog | undefined
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
}

/**
 * Compiles rule files: from their text to that of the generated files. Reads and writes no disk, and gives the same bytes
 * for the same input. Wrong rules are told by `diagnostics`, never thrown.
 *
 * @param files texts by path; the paths stand in diagnostics, the file names in the banners of generated files
 * @param options `catalog`: what the database has, to check tables, columns and types with; `strict`: a warning counts as an error, so that nothing is generated; false unless said otherwise
 */
export async function compileRules(
  files: RuleFiles,
  { catalog, strict }: CompileOptions = {},
): Promise<Compiled> {
  // An application that only runs the caches must not pay for loading a compiler.
  const [{ parseRules }, { failsOn }, { buildPlan }, { emitFiles }, { rulesSchema }] = await Promise.all([
    import('./rules/parse-rules.ts'),
    import('./rules/fails-on.ts'),
    import('./plan/build-plan.ts'),
    import('./emit/emit-files.ts'),
    import('./rules/schema.ts'),
  ])
  const check = catalog && (await import('./check/check-catalog.ts')).checkCatalog
  const { ruleset, diagnostics } = await parseRules(files, {
    check: check && ((rules) => check(catalog, rules)),
  })
  if (ruleset === undefined || failsOn(diagnostics, { strict }))
    return { ruleset: undefined, plan: undefined, diagnostics, files: new Map() }
  const plan = buildPlan(ruleset)
  // File names without folders: the same bytes from whatever folder the compiler is started in.
  const sources = [...(files instanceof Map ? files.keys() : Object.keys(files))].map((path) =>
    path.replace(/^.*[/\\]/, ''),
  )
  return { ruleset, plan, diagnostics, files: emitFiles(plan, { ruleset, schema: rulesSchema, sources }) }
}
