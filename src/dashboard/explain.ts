import type { Explanation } from '../explain/explanation.ts'

/** Rule files: path as shown to people -> text. */
export type RuleFiles = Readonly<Record<string, string>>

/** Explains a table or cache by the rules, with the SQL of its triggers. What it needs is loaded at the first question. */
export function createExplainer(rules: RuleFiles): (target: string) => Promise<Explanation> {
  const compile = async () => {
    const [{ compileRules }, { explainTarget }] = await Promise.all([
      import('../compile.ts'),
      import('../explain/explain-target.ts'),
    ])
    return { compiled: await compileRules(rules), explainTarget }
  }
  let compiling: ReturnType<typeof compile> | undefined
  return async (target) => {
    compiling ??= compile()
    const { compiled, explainTarget } = await compiling
    const { plan, ruleset } = compiled
    if (plan === undefined || ruleset === undefined) {
      return { ok: false, message: 'The rules do not compile.', hint: 'Run `stalemate check`.' }
    }
    return explainTarget(target, { ruleset, plan, sql: true })
  }
}
