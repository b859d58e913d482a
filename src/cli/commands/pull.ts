import { resolve } from 'node:path'
import { writeJson } from '../context.ts'
import { formatExamples } from '../examples.ts'
import { EXIT_FINE } from '../exit-code.ts'
import { writeFiles } from '../files.ts'
import { formatCount } from '../format.ts'
import { addPullOptions, pullCatalog, type PullOptions } from '../pull-catalog.ts'
import { CATALOG_FILE } from '../read-catalog.ts'
import { showPath } from '../show-path.ts'
import type { Command } from 'commander'
import type { Context, Perform } from '../context.ts'

type Options = PullOptions & { readonly out: string }

const STYLES = { created: 'green', updated: 'yellow', unchanged: 'green', removed: 'red' } as const

async function pull(options: Options, { io, json, paint }: Context): Promise<number> {
  const { catalog, description } = await pullCatalog(options, io)
  const { formatCatalog } = await import('../../catalog/catalog-file.ts')
  const shown = showPath(options.out, io.cwd)
  const files = new Map([[CATALOG_FILE, formatCatalog(catalog)]])
  const [written] = await writeFiles(resolve(io.cwd, options.out), files, { shown, signal: io.signal })
  const state = written?.state ?? 'unchanged'
  const path = `${shown}/${CATALOG_FILE}`
  const { schemas, relations } = catalog
  if (json) {
    writeJson(io, {
      command: 'pull',
      ok: true,
      database: description,
      schemas,
      relations: relations.length,
      files: [{ path, state }],
    })
  } else {
    const word = state === 'unchanged' ? 'up to date' : state
    io.stdout.write(
      `${paint(STYLES[state], word)}  ${path}\n` +
        `${formatCount(relations.length, 'table or view', 'tables and views')} in ` +
        `${formatCount(schemas.length, 'schema')} of ${description}\n`,
    )
  }
  return EXIT_FINE
}

/** `stalemate pull`: what a database has -> a catalog that compile works with offline. */
export function addPull(program: Command, perform: Perform): void {
  addPullOptions(program.command('pull'))
    .summary('read tables, columns and keys of a database into generated/catalog.json')
    .description(
      'Reads what the database has: tables, columns and their types, keys, indexes, partitions. Only the ' +
        'system catalogs are read, in one read-only transaction, and no rows of yours. The same schema gives ' +
        'the same file, so it can be committed.',
    )
    .option('--out <folder>', 'the folder of the generated files', 'generated')
    .addHelpText(
      'after',
      formatExamples({
        'stalemate pull --url postgres://localhost/app': 'after each change of the schema',
        'stalemate pull --schema public sales': 'only the schemas that the rules are about',
        'stalemate pull --json': 'what was read, as one document',
      }),
    )
    .action(perform(pull))
}
