import type { CompileOptions } from '../compile.ts'
import type { Explanation } from '../explain/explanation.ts'
import type { ShownRule } from './shown-rule.ts'

/** Rule files: path as shown to people -> text. */
export type RuleFiles = Readonly<Record<string, string>>

/** What was generated beside the rules and is needed to compile them again; `queries` where a cache has a query. */
export type CompiledBefore = Pick<CompileOptions, 'catalog' | 'queries'>

export type Explainer = {
  /** A table or cache by the rules, with the SQL of its triggers. */
  readonly explain: (target: string) => Promise<Explanation>
  /** Every rule of some tables; none where the rules do not compile. */
  readonly list: (tables: readonly string[]) => Promise<readonly ShownRule[]>
}

/** Explains by the rules. What it needs is loaded at the first question. */
export function createExplainer(rules: RuleFiles, before: CompiledBefore = {}): Explainer {
  const compile = async () => {
    const [{ compileRules }, { explainTarget }] = await Promise.all([
      import('../compile.ts'),
      import('../explain/explain-target.ts'),
    ])
    const { plan, ruleset, diagnostics } = await compileRules(rules, before)
    const wrong = diagnostics.find(({ severity }) => severity === 'error')?.message ?? ''
    return (target: string, sql: boolean): Explanation =>
      plan === undefined || ruleset === undefined
        ? { ok: false, message: `The rules do not compile: ${wrong}`, hint: 'Run `stalemate check`.' }
        : explainTarget(target, { ruleset, plan, sql })
  }
  let compiling: ReturnType<typeof compile> | undefined
  const explainer = async () => await (compiling ??= compile())
  return {
    explain: async (target) => (await explainer())(target, true),
    list: async (tables) => {
      const explain = await explainer()
      return tables.flatMap((table) => {
        const explanation = explain(table, false)
        if (!explanation.ok) return []
        return explanation.answers
          .filter(({ subject }) => subject.kind === 'table')
          .flatMap(({ reasons }) => reasons)
          .map(({ cache, operations, rule }) => ({
            table,
            cache,
            operations,
            place: `${rule.file}:${rule.line}`,
          }))
      })
    },
  }
}
