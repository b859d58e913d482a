import { emitFiles } from './emit/emit-files.ts'
import { buildPlan } from './plan/build-plan.ts'
import type { Plan } from './plan/plan.ts'
import type { Diagnostic } from './rules/diagnostic.ts'
import { parseRules, type RuleFiles } from './rules/parse-rules.ts'
import type { Ruleset } from './rules/ruleset.ts'
import { rulesSchema } from './rules/schema.ts'

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
 * @param files texts by path; the paths stand in diagnostics and in the banners of generated files
 */
export async function compileRules(files: RuleFiles): Promise<Compiled> {
  const { ruleset, diagnostics } = await parseRules(files)
  if (ruleset === undefined) return { ruleset, plan: undefined, diagnostics, files: new Map() }
  const plan = buildPlan(ruleset)
  const sources = files instanceof Map ? [...files.keys()] : Object.keys(files)
  return { ruleset, plan, diagnostics, files: emitFiles(plan, { schema: rulesSchema, sources }) }
}
