import { readdir, readFile } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { Option, type Command } from 'commander'
import { StalemateError } from '../errors.ts'
import { showPath } from './show-path.ts'
import { describeSystemError, hasCode } from './system-error.ts'
import type { AnyText } from '../sql/pieces.ts'
import type { Formatted } from '../emit/format/format-migrations.ts'

/** Names of {@link FORMATS}, which are not loaded for help. */
const NAMES = ['plain', 'node-pg-migrate', 'prisma', 'drizzle'] as const

/** Which other tool applies the migrations, and from which folder. */
export type FormatChoice = {
  readonly format: (typeof NAMES)[number]
  readonly dir?: string | undefined
}

/** Adds the options to a command. */
export function addFormatOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--format <tool>', 'write the migrations for another tool as well, which is to apply them')
        .choices(NAMES)
        .default('plain'),
    )
    .option('--dir <folder>', "that tool's folder of migrations; the usual one unless given")
}

/**
 * Refuses a folder of no tool.
 * @throws StalemateError `usage`
 */
export function checkFormat({ format, dir }: FormatChoice): void {
  if (format !== 'plain' || dir === undefined) return
  throw new StalemateError('usage', '--dir is the folder of another tool.', {
    hint: 'Name the tool with --format.',
  })
}

/** The end of a command line that means the same tool and folder. */
export function formatFormat({ format, dir }: FormatChoice): string {
  return (format === 'plain' ? '' : ` --format ${format}`) + (dir === undefined ? '' : ` --dir ${dir}`)
}

/** The files of a tool's folder. */
export type FormattedFolder = Formatted & { readonly folder: string; readonly shown: string }

/**
 * What the folder of another tool is to have; `undefined` where no other tool is asked for.
 * @throws StalemateError `file-failed`
 */
export async function formatFolder(
  { format, dir }: FormatChoice,
  {
    ruleset,
    files,
    amend = false,
    cwd,
  }: {
    readonly ruleset: string
    readonly files: ReadonlyMap<string, AnyText>
    readonly amend?: boolean | undefined
    readonly cwd: string
  },
): Promise<FormattedFolder | undefined> {
  if (format === 'plain') return undefined
  const { FORMATS, formatMigrations } = await import('../emit/format/format-migrations.ts')
  const folder = resolve(cwd, dir ?? FORMATS[format].folder)
  const shown = showPath(folder, cwd)
  const texts = new Map([...files].map(([path, text]) => [path, String(text)]))
  const before = await readFolder(folder, shown, FORMATS[format].index?.path)
  return {
    folder,
    shown,
    ...formatMigrations(format, { ruleset, files: texts, before, amend, now: new Date() }),
  }
}

/** All paths of a folder, with the texts of those that Stalemate writes; the others are not read. */
async function readFolder(
  folder: string,
  shown: string,
  index: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  const failed = (error: unknown): StalemateError =>
    new StalemateError('file-failed', `${shown} cannot be read: ${describeSystemError(error)}.`, {
      hint: 'Check that --dir is right and that you have the rights to it.',
      cause: error,
    })
  const names = await readdir(folder, { recursive: true }).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return []
    throw failed(error)
  })
  const texts = new Map<string, string>()
  for (const name of names) {
    const path = name.replaceAll(sep, '/')
    const own = path === index || (path.includes('_stalemate_') && path.endsWith('.sql'))
    const text = own
      ? await readFile(join(folder, name), 'utf8').catch((error: unknown) => {
          throw failed(error)
        })
      : ''
    texts.set(path, text)
  }
  return texts
}
