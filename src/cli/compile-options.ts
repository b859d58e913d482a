import type { Command } from 'commander'

/** The options that compile and check share. */
export type CompileOptions = {
  readonly rules: string
  readonly out: string
  /** Whether a warning counts as an error. */
  readonly strict: boolean
  /** Whether rules are compared with the query of every cache that has one. */
  readonly coverage?: boolean | undefined
}

const DEFAULTS: CompileOptions = { rules: 'rules', out: 'generated', strict: false }

/** Adds them to a command. */
export function addCompileOptions(command: Command): Command {
  return command
    .option(
      '--rules <path>',
      'a rule file, or a folder of *.yaml and *.yml (not of the folders in it)',
      DEFAULTS.rules,
    )
    .option('--out <folder>', 'the folder of the generated files', DEFAULTS.out)
    .option('--strict', 'fail on warnings too', DEFAULTS.strict)
}

/** Adds the comparison of rules with queries. */
export function addCoverageOption(command: Command): Command {
  return command.option(
    '--coverage',
    'compare the rules of every cache that has a query with what the query needs',
  )
}

/** The end of a command line that means the same files; empty where they are the usual ones. */
export function formatCompileOptions({ rules, out, strict, coverage }: CompileOptions): string {
  const places = [
    rules === DEFAULTS.rules ? '' : ` --rules ${rules}`,
    out === DEFAULTS.out ? '' : ` --out ${out}`,
  ]
  return places.join('') + (strict ? ' --strict' : '') + (coverage === true ? ' --coverage' : '')
}
