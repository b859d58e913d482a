import { resolve } from 'node:path'
import { formatCount } from './format.ts'
import { CATALOG_FILE, readCatalogFile, readLockFile } from './read-catalog.ts'
import { readPrevious } from './read-previous.ts'
import { readRules } from './read-rules.ts'
import { optimizeLater } from './optimize-later.ts'
import { showPath } from './show-path.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Plan } from '../plan/plan.ts'
import type { Diagnostic } from '../rules/diagnostic.ts'
import type { Ruleset } from '../rules/ruleset.ts'
import type { AnyText } from '../sql/pieces.ts'
import type { CompileOptions } from './compile-options.ts'
import type { DatabaseAsker } from './ask-database.ts'
import type { Context } from './context.ts'

/** What the rules gave. */
export type Compiled = {
  /** `undefined` when a rule is wrong, or strictly not right; then there are no files. */
  readonly plan: Plan | undefined
  /** There when the plan is. */
  readonly ruleset: Ruleset | undefined
  /** What the rules were compared with, where there is a catalog. */
  readonly catalog: Catalog | undefined
  readonly diagnostics: readonly Diagnostic[]
  /** Path in the output folder -> text. */
  readonly files: ReadonlyMap<string, AnyText>
  /** Paths in the output folder of migrations that are to go. */
  readonly removed: readonly string[]
}

/** How the migration is to be written; compile only. */
export type MigrationChoice = {
  readonly amend?: boolean | undefined
  readonly name?: string | undefined
  /** Where the meaning of queries is asked; nowhere unless given. */
  readonly asker?: DatabaseAsker | undefined
}

/** Such as `2 errors and 1 warning`; what there is none of is not named. */
function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const counts = (['error', 'warning', 'notice'] as const).flatMap((severity) => {
    const count = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length
    return count > 0 ? [formatCount(count, severity)] : []
  })
  return counts.join(' and ')
}

/** Characters of rules past which the engine's compiler takes more than it gains. */
const LARGE = 100_000

const NOWHERE = { start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1 }

function noCatalog(out: string, cwd: string): Diagnostic {
  return {
    severity: 'notice',
    code: 'no-catalog',
    message: `Tables, columns and types are not checked: there is no ${showPath(out, cwd)}/${CATALOG_FILE}.`,
    hint: '`stalemate pull` reads it from a database.',
    file: '',
    range: NOWHERE,
  }
}

/**
 * Reads and compiles the rules, beside what was compiled before and the catalog in the folder of the generated files, if
 * they are there. Unless `json`, diagnostics are printed on standard error: all of them, or with `quiet` only when a
 * rule is wrong.
 * @throws StalemateError `file-failed` when a file cannot be read, `catalog-invalid`, `migrations-diverged` when
 *   generated files do not belong together
 */
export async function compileFolder(
  { rules, out, strict, coverage, amend, name, asker }: CompileOptions & MigrationChoice,
  { io, json, colorError }: Context,
  { quiet = false }: { readonly quiet?: boolean } = {},
): Promise<Compiled> {
  const texts = await readRules(rules, { cwd: io.cwd })
  const catalog = await readCatalogFile(out, io.cwd)
  const previous = await readPrevious(resolve(io.cwd, out), { shown: showPath(out, io.cwd) })
  const { compileTexts } = await import('../compile.ts')
  const queries = await readLockFile(out, io.cwd)
  const { ask, again } = asker ?? {}
  const size = [...texts.values()].reduce((sum, text) => sum + text.length, 0)
  optimizeLater({ large: size > LARGE })
  const compiled = await compileTexts(texts, {
    catalog,
    strict,
    previous,
    amend,
    name,
    queries,
    ask,
    again,
    coverage,
  })
  io.signal.throwIfAborted()
  // What is wrong comes first: nobody needs to know then what was not looked at.
  const notices = catalog === undefined && compiled.plan ? [noCatalog(out, io.cwd)] : []
  const diagnostics = [...compiled.diagnostics, ...notices]
  if (!json && diagnostics.length > 0 && !(quiet && compiled.plan)) {
    const { formatDiagnostic } = await import('../rules/format-diagnostic.ts')
    for (const diagnostic of diagnostics) {
      const source = texts.get(diagnostic.file) ?? ''
      io.stderr.write(`${formatDiagnostic(diagnostic, source, { color: colorError })}\n\n`)
    }
    const errors = diagnostics.some(({ severity }) => severity === 'error')
    const refused = compiled.plan === undefined && !errors ? ', which --strict does not let pass' : ''
    if (compiled.diagnostics.length > 0)
      io.stderr.write(`${countDiagnostics(compiled.diagnostics)}${refused}\n`)
  }
  return { ...compiled, catalog, diagnostics }
}
