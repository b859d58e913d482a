import { resolve } from 'node:path'
import { compileFolder } from '../compile-folder.ts'
import {
  addCompileOptions,
  addCoverageOption,
  formatCompileOptions,
  type CompileOptions,
} from '../compile-options.ts'
import { writeJson } from '../context.ts'
import { diffLines } from '../diff.ts'
import { formatExamples } from '../examples.ts'
import { EXIT_FINE, EXIT_FOUND } from '../exit-code.ts'
import { compareFiles } from '../files.ts'
import {
  addFormatOptions,
  checkFormat,
  formatFolder,
  formatFormat,
  type FormatChoice,
} from '../format-folder.ts'
import { formatCount } from '../format.ts'
import { showPath } from '../show-path.ts'
import type { Command } from 'commander'
import type { Context, Perform } from '../context.ts'
import type { FileComparison } from '../files.ts'
import type { Paint } from '../paint.ts'

/** A file beside what the rules give. */
type Finding = {
  readonly path: string
  readonly state: 'same' | 'missing' | 'differs'
  readonly diff: string[]
}

const STATES = { created: 'missing', updated: 'differs', unchanged: 'same', removed: 'differs' } as const
const STYLES = { '-': 'red', '+': 'green', '@': 'cyan' } as const

function toFinding({ path, state, before, after }: FileComparison, out: string): Finding {
  return {
    path: `${out}/${path}`,
    state: STATES[state],
    diff: before === undefined ? [] : diffLines(before, String(after)),
  }
}

function formatFinding({ path, state, diff }: Finding, paint: Paint): string {
  const lines = diff.map((line) => {
    const style = STYLES[line[0] as keyof typeof STYLES]
    return `  ${style ? paint(style, line) : line}\n`
  })
  return `${paint('red', state)}  ${path}\n${lines.join('')}`
}

async function check(options: CompileOptions & FormatChoice, context: Context): Promise<number> {
  checkFormat(options)
  const { rules, out } = options
  const { io, json, paint } = context
  const shown = showPath(out, io.cwd)
  const { plan, diagnostics, files } = await compileFolder(options, context)
  const comparisons = await compareFiles(resolve(io.cwd, out), files, { shown })
  const tool = plan && (await formatFolder(options, { ruleset: plan.ruleset, files, cwd: io.cwd }))
  const given = tool ? await compareFiles(tool.folder, tool.files, { shown: tool.shown }) : []
  const findings = [
    ...comparisons.map((comparison) => toFinding(comparison, shown)),
    ...given.map((comparison) => toFinding(comparison, tool?.shown ?? '')),
  ]
  const wrong = findings.filter(({ state }) => state !== 'same')
  const ok = plan !== undefined && wrong.length === 0
  if (json) {
    writeJson(io, { command: 'check', ok, ruleset: plan?.ruleset, diagnostics, files: findings })
  } else if (ok) {
    const count = formatCount(files.size, 'file')
    io.stdout.write(`${paint('green', 'up to date')}  ${shown} is what ${rules} gives (${count})\n`)
  } else if (plan) {
    for (const finding of wrong) io.stdout.write(formatFinding(finding, paint))
    io.stdout.write(
      `${paint('cyan', 'next')}: stalemate compile${formatCompileOptions(options)}${formatFormat(options)}\n`,
    )
  }
  return ok ? EXIT_FINE : EXIT_FOUND
}

/** `stalemate check`: is the generated folder what the rules give? */
export function addCheck(program: Command, perform: Perform): void {
  addFormatOptions(addCoverageOption(addCompileOptions(program.command('check'))))
    .summary('say whether the generated files are what the rules give')
    .description(
      'Compiles the rules without writing and compares: exit code 1 when a rule is wrong, a generated file is ' +
        'missing or differs, or a migration is to be added. Shows the first difference of each file.',
    )
    .addHelpText(
      'after',
      formatExamples({
        'stalemate check': 'in CI, before the tests',
        'stalemate check --rules cache.yaml --out src/generated': 'one rule file, another place',
        'stalemate check --strict': 'fails on warnings too',
        'stalemate check --coverage':
          'what the rules miss, or tell without need, beside the queries of caches',
        'stalemate check --json': 'which files, as one document',
      }),
    )
    .action(perform(check))
}
