import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import * as engine from '@prisma/schema-engine-wasm/schema_engine_bg'

/** The types of this global come with browsers' only. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ readonly instance: { readonly exports: object } }>
}

/** Sends a script whole, as the command does. The adapter's own way is to cut it at each semicolon. */
class WholeScripts extends PrismaPg {
  override async connect() {
    const adapter = await super.connect()
    adapter.executeScript = async (script) => {
      await adapter.underlyingDriver().query(script)
    }
    return adapter
  }
}

let loading: Promise<void> | undefined

/** The engine as a WebAssembly module, which Node does not load by `import` without a flag. */
async function load(): Promise<void> {
  const file = fileURLToPath(import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg'))
  const { instance } = await WebAssembly.instantiate(await readFile(file.replace(/\.js$/, '.wasm')), {
    './schema_engine_bg.js': engine,
  })
  const { __wbg_set_wasm: setWasm } = engine as unknown as { __wbg_set_wasm: (exports: object) => void }
  setWasm(instance.exports)
  const { __wbindgen_start: start } = instance.exports as { __wbindgen_start: () => void }
  start()
}

/** Asks the engine of a database for something, as the command does. */
async function ask<T>(
  connectionString: string,
  question: (made: Awaited<ReturnType<typeof engine.SchemaEngine.new>>) => Promise<T>,
): Promise<T> {
  await (loading ??= load())
  const datamodel = 'datasource db {\n  provider = "postgresql"\n}\n'
  const adapter = bindMigrationAwareSqlAdapterFactory(new WholeScripts({ connectionString }))
  const made = await engine.SchemaEngine.new(
    { datamodels: [['schema.prisma', datamodel]] },
    () => undefined,
    adapter,
  )
  try {
    return await question(made)
  } finally {
    made.free()
  }
}

/**
 * Applies a folder of migrations as `prisma migrate deploy` does: by Prisma's own schema engine, which is asked what the
 * command asks it. Gives the names of those that were applied.
 */
export async function deployByPrisma(connectionString: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const migrationDirectories = await Promise.all(
    names.sort().map(async (path) => {
      const value = await readFile(join(folder, path, 'migration.sql'), 'utf8')
      return { path, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } }
    }),
  )
  const lockfile = {
    path: 'migration_lock.toml',
    content: await readFile(join(folder, 'migration_lock.toml'), 'utf8'),
  }
  const { appliedMigrationNames } = await ask(connectionString, (made) =>
    made.applyMigrations({
      migrationsList: { baseDir: folder, lockfile, shadowDbInitScript: '', migrationDirectories },
      filters: { externalTables: [], externalEnums: [] },
    }),
  )
  return appliedMigrationNames
}

/** Runs a script as `prisma db execute --file` does. */
export async function executeByPrisma(connectionString: string, script: string): Promise<void> {
  await ask(connectionString, (made) =>
    made.dbExecute({ datasourceType: { tag: 'url', url: connectionString }, script }),
  )
}

/** `prisma migrate resolve --rolled-back NAME`. */
export async function resolveByPrisma(connectionString: string, migrationName: string): Promise<void> {
  await ask(connectionString, (made) => made.markMigrationRolledBack({ migrationName }))
}
