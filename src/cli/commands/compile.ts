import { resolve } from 'node:path'
import { compileFolder } from '../compile-folder.ts'
import { addCompileOptions, type CompileOptions } from '../compile-options.ts'
import { writeJson } from '../context.ts'
import { formatExamples } from '../examples.ts'
import { EXIT_FINE, EXIT_FOUND } from '../exit-code.ts'
import { writeFiles } from '../files.ts'
import { formatCount } from '../format.ts'
import { showPath } from '../show-path.ts'
import type { Command } from 'commander'
import type { Plan } from '../../plan/plan.ts'
import type { Context, Perform } from '../context.ts'
import type { FileComparison } from '../files.ts'
import type { Paint } from '../paint.ts'

const STYLES = { created: 'green', updated: 'yellow', unchanged: 'dim' } as const

function formatPlan(plan: Plan): string {
  const watches = plan.tables.reduce((sum, table) => sum + table.watches.length, 0)
  return (
    `${plan.ruleset}: ${formatCount(plan.caches.length, 'cache')}, ` +
    `${formatCount(watches, 'watch', 'watches')} on ${formatCount(plan.tables.length, 'table')}\n`
  )
}

function formatChanges(files: readonly FileComparison[], out: string, paint: Paint): string {
  const changed = files.filter(({ state }) => state !== 'unchanged')
  if (changed.length === 0)
    return `${paint('green', 'up to date')}  ${out} (${formatCount(files.length, 'file')})\n`
  const lines = changed.map(({ path, state }) => `${paint(STYLES[state], state)}  ${out}/${path}`)
  const same = files.length - changed.length
  if (same > 0) lines.push(paint('dim', `${formatCount(same, 'other file')} unchanged`))
  return `${lines.join('\n')}\n`
}

/** What to do next, given which migrations are not as they were. */
function formatNext(files: readonly FileComparison[], out: string, paint: Paint): string {
  const migrations = files.filter(({ path, state }) => path.endsWith('.up.sql') && state !== 'unchanged')
  if (migrations.length === 0) return ''
  const rewritten = migrations.find(({ state }) => state === 'updated')
  const warning = rewritten
    ? `${paint('yellow', 'note')}: ${rewritten.path} is not what it was; a database that has it will refuse it.\n`
    : ''
  const folder = out === 'generated' ? '' : ` --dir ${out}/migrations`
  return `${warning}${paint('cyan', 'next')}: stalemate apply${folder}\n`
}

async function compile(options: CompileOptions, context: Context): Promise<number> {
  const { out } = options
  const { io, json, paint } = context
  const shown = showPath(out, io.cwd)
  const { plan, diagnostics, files } = await compileFolder(options, context)
  const written = plan ? await writeFiles(resolve(io.cwd, out), files, { shown, signal: io.signal }) : []
  if (json) {
    writeJson(io, {
      command: 'compile',
      ok: plan !== undefined,
      ruleset: plan?.ruleset,
      diagnostics,
      files: written.map(({ path, state }) => ({ path: `${shown}/${path}`, state })),
    })
  } else if (plan) {
    const next = formatNext(written, shown, paint)
    io.stdout.write(formatPlan(plan) + formatChanges(written, shown, paint) + next)
  } else {
    io.stderr.write('Nothing was written.\n')
  }
  return plan ? EXIT_FINE : EXIT_FOUND
}

/** `stalemate compile`: rules -> migrations, manifest, plan and typed client. */
export function addCompile(program: Command, perform: Perform): void {
  addCompileOptions(program.command('compile'))
    .summary('turn the rules into migrations, a manifest and a typed client')
    .description(
      'Compiles the rules. Nothing is written when a rule is wrong; files that are already right are left alone.',
    )
    .addHelpText(
      'after',
      formatExamples({
        'stalemate compile': 'rules/*.yaml into generated/',
        'stalemate compile --rules cache.yaml --out src/generated': 'one rule file, another place',
        'stalemate compile --strict': 'in CI: a warning, such as a cache that no rule invalidates, fails',
        'stalemate compile --json': 'for editors and scripts: diagnostics and files as one document',
      }),
    )
    .action(perform(compile))
}
