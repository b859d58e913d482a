import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { Client } from 'pg'
import { compileRules, type Compiled } from '../compile.ts'
import { applyMigrations } from '../database/apply.ts'
import { askQuery } from '../derive/ask-query.ts'
import { checksumOf } from '../plan/checksum.ts'
import { StalemateError } from '../errors.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { readManifest } from '../manifest/read-manifest.ts'
import { loadParser } from '../sql/load-parser.ts'

/** The rules that come with the package. */
export function findRules(): string {
  return join(dirname(createRequire(import.meta.url).resolve('stalemate/package.json')), 'rules')
}

export type Installed = {
  readonly manifest: Manifest
  /** Names of the rule files. */
  readonly files: readonly string[]
  readonly triggers: number
}

/** Compiles rules; what their queries mean is asked of the database. */
async function compileWith(
  texts: Readonly<Record<string, string>>,
  connectionString: string,
): Promise<Compiled> {
  const client = new Client({ connectionString, application_name: 'stalemate compile' })
  client.on('error', () => {})
  await client.connect()
  try {
    const parser = await loadParser()
    return await compileRules(texts, {
      ask: (query) => askQuery((text, values) => client.query(text, values && [...values]), query, parser),
    })
  } finally {
    await client.end()
  }
}

/** Compiles the rules of a folder and brings the database to them. Writes no file. */
export async function installRules(folder: string, connectionString: string): Promise<Installed> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort()
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  const compiled = await compileWith(
    Object.fromEntries(files.map((name, index) => [`rules/${name}`, texts[index] ?? ''])),
    connectionString,
  )
  const problem = compiled.diagnostics.find(({ severity }) => severity === 'error')
  if (compiled.plan === undefined) {
    throw new StalemateError('rules-invalid', `The rules do not compile: ${problem?.message ?? ''}`)
  }
  const read = (path: string): string => compiled.files.get(path) ?? ''
  const migrations = [...compiled.files.keys()]
    .filter((path) => path.endsWith('.up.sql'))
    .map((path) => {
      const [, digits, name] = /^(\d+)_(.*)\.up\.sql$/.exec(basename(path)) ?? []
      const down = read(path.replace(/\.up\.sql$/, '.down.sql'))
      return {
        number: Number(digits),
        name: name ?? '',
        up: read(path),
        down,
        checksum: checksumOf(read(path)),
      }
    })
  const manifest = readManifest(JSON.parse(read('manifest.json')))
  await applyMigrations({ connection: { connectionString }, ruleset: manifest.ruleset, migrations })
  return { manifest, files, triggers: manifest.tables.flatMap((table) => table.triggers).length }
}
