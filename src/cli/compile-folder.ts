import { formatCount } from './format.ts'
import { readRules } from './read-rules.ts'
import type { Plan } from '../plan/plan.ts'
import type { Diagnostic } from '../rules/diagnostic.ts'
import type { CompileOptions } from './compile-options.ts'
import type { Context } from './context.ts'

/** What the rules gave. */
export type Compiled = {
  /** `undefined` when a rule is wrong, or strictly not right; then there are no files. */
  readonly plan: Plan | undefined
  readonly diagnostics: readonly Diagnostic[]
  /** Path in the output folder -> text. */
  readonly files: ReadonlyMap<string, string>
}

/** Such as `2 errors and 1 warning`; what there is none of is not named. */
function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const counts = (['error', 'warning', 'notice'] as const).flatMap((severity) => {
    const count = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length
    return count > 0 ? [formatCount(count, severity)] : []
  })
  return counts.join(' and ')
}

/**
 * Reads and compiles the rules; unless `json`, all diagnostics are printed on standard error.
 * @throws StalemateError `file-failed` when the rules cannot be read
 */
export async function compileFolder(
  { rules, strict }: CompileOptions,
  { io, json, colorError }: Context,
): Promise<Compiled> {
  const texts = await readRules(rules, { cwd: io.cwd })
  const { compileRules } = await import('../compile.ts')
  const compiled = await compileRules(texts, { strict })
  io.signal.throwIfAborted()
  if (!json && compiled.diagnostics.length > 0) {
    const { formatDiagnostic } = await import('../rules/format-diagnostic.ts')
    for (const diagnostic of compiled.diagnostics) {
      const source = texts.get(diagnostic.file) ?? ''
      io.stderr.write(`${formatDiagnostic(diagnostic, source, { color: colorError })}\n\n`)
    }
    const errors = compiled.diagnostics.some(({ severity }) => severity === 'error')
    const refused = compiled.plan === undefined && !errors ? ', which --strict does not let pass' : ''
    io.stderr.write(`${countDiagnostics(compiled.diagnostics)}${refused}\n`)
  }
  return compiled
}
