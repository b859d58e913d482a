import { StalemateError } from '../../errors.ts'
import { compileFolder } from '../compile-folder.ts'
import { addCompileOptions, type CompileOptions } from '../compile-options.ts'
import { writeJson } from '../context.ts'
import { formatExamples } from '../examples.ts'
import { EXIT_FINE, EXIT_FOUND } from '../exit-code.ts'
import type { Command } from 'commander'
import type { Context, Perform } from '../context.ts'

type Options = CompileOptions & { readonly sql?: boolean }

async function explain(target: string, options: Options, context: Context): Promise<number> {
  const { io, json, paint } = context
  const { plan, ruleset, catalog, diagnostics } = await compileFolder(options, context, { quiet: true })
  if (plan === undefined || ruleset === undefined) {
    if (json) writeJson(io, { command: 'explain', ok: false, target, diagnostics })
    return EXIT_FOUND
  }
  const { explainTarget } = await import('../../explain/explain-target.ts')
  const explanation = explainTarget(target, { ruleset, plan, catalog, sql: options.sql })
  if (!explanation.ok) throw new StalemateError('usage', explanation.message, { hint: explanation.hint })
  if (json) {
    writeJson(io, { command: 'explain', ok: true, target, answers: explanation.answers })
  } else {
    const { formatAnswers } = await import('../../explain/format-explanation.ts')
    io.stdout.write(formatAnswers(explanation.answers, { width: io.stdout.columns, paint }))
  }
  return EXIT_FINE
}

/** `stalemate explain`: what a change makes wrong, or what makes a key wrong, by which rules. */
export function addExplain(program: Command, perform: Perform): void {
  const command = program.command('explain').argument('<target>', 'a table, column, cache, key or pattern')
  addCompileOptions(command)
    .option('--sql', 'with the functions of the triggers that see the changes')
    .summary('say what a change makes wrong, or what makes a key wrong, and by which rule')
    .description(
      'Explains a table (calls, sales.orders), a column (calls.status), a cache (dashboard), a key or a ' +
        'pattern (report:*): which keys become wrong by which changes, by which rule, on which condition ' +
        'and over which tables. That nothing becomes wrong is an answer too, with exit code 0; a name that ' +
        'nothing has is wrong use, 2.',
    )
    .addHelpText(
      'after',
      formatExamples({
        'stalemate explain calls.status': 'what does an update of this column make wrong?',
        'stalemate explain dashboard': 'which changes make this cache wrong?',
        "stalemate explain 'report:*:2026-03' --sql": 'and the SQL that tells of them',
      }),
    )
    .action((target: string, options: Options, own: Command) =>
      perform<Options>((all, context) => explain(target, all, context))(options, own),
    )
}
