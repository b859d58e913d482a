import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runner } from 'node-pg-migrate'
import type { TestDatabase } from './database.ts'
import { deployByPrisma, executeByPrisma } from './prisma.ts'

/** Another tool, as its users run it. */
export type Tool = {
  /** The migration that makes the application's own tables. */
  readonly own: Readonly<Record<string, string>>
  readonly folder: string
  readonly up: (database: TestDatabase, folder: string) => Promise<unknown>
  /** The tool's own way down, by one migration; Prisma and Drizzle have none. */
  readonly down?: (database: TestDatabase, folder: string) => Promise<unknown>
  /** Runs the text of a `down` file that is for people, as the tool's users do it. */
  readonly execute?: (database: TestDatabase, sql: string) => Promise<unknown>
  /** SQL by which the tool forgets the migration that it applied last. */
  readonly forget?: string
  /** Adds a migration of SQL that a person wrote, after all that are there. */
  readonly add: (folder: string, tag: string, sql: string) => Promise<void>
}

const TABLES = 'CREATE TABLE items (id int PRIMARY KEY, user_id uuid, amount int);\n'

const runPgMigrate = (database: TestDatabase, dir: string, direction: 'up' | 'down', count: number) =>
  runner({
    databaseUrl: database.connectionString,
    dir,
    direction,
    count,
    migrationsTable: 'pgmigrations',
    log: () => undefined,
  })

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

/** The number after all with which files or folders of the folder begin. */
async function nextNumber(folder: string): Promise<string> {
  const numbers = (await readdir(folder)).flatMap((name) => /^\d+(?=_)/.exec(name)?.[0] ?? [])
  const last = numbers.toSorted((a, b) => Number(b) - Number(a))[0] ?? '0'
  return String(Number(last) + 1).padStart(last.length, '0')
}

type Journal = { readonly entries: readonly { readonly idx: number; readonly when: number }[] }

export const TOOLS: Readonly<Record<'node-pg-migrate' | 'drizzle' | 'prisma', Tool>> = {
  'node-pg-migrate': {
    folder: 'migrations',
    own: { '1700000000000_tables.sql': `-- Up Migration\n${TABLES}-- Down Migration\nDROP TABLE items;\n` },
    up: (database, folder) => runPgMigrate(database, folder, 'up', Infinity),
    down: (database, folder) => runPgMigrate(database, folder, 'down', 1),
    add: async (folder, tag, sql) =>
      write(folder, { [`${await nextNumber(folder)}_${tag}.sql`]: `-- Up Migration\n${sql}` }),
  },
  drizzle: {
    folder: 'drizzle',
    own: {
      '0000_tables.sql': TABLES,
      'meta/_journal.json': JSON.stringify({
        version: '7',
        dialect: 'postgresql',
        entries: [{ idx: 0, version: '7', when: 1700000000000, tag: '0000_tables', breakpoints: true }],
      }),
    },
    up: async (database, migrationsFolder) =>
      migrate(drizzle(await database.connect()), { migrationsFolder }),
    execute: (database, sql) => database.query(sql),
    forget: `DELETE FROM drizzle.__drizzle_migrations
      WHERE created_at = (SELECT max(created_at) FROM drizzle.__drizzle_migrations)`,
    add: async (folder, tag, sql) => {
      const path = join(folder, 'meta/_journal.json')
      const journal = JSON.parse(await readFile(path, 'utf8')) as Journal
      const name = `${await nextNumber(folder)}_${tag}`
      const when = Math.max(...journal.entries.map((entry) => entry.when)) + 1
      const entry = { idx: journal.entries.length, version: '7', when, tag: name, breakpoints: true }
      await write(folder, {
        [`${name}.sql`]: sql,
        'meta/_journal.json': JSON.stringify({ ...journal, entries: [...journal.entries, entry] }),
      })
    },
  },
  prisma: {
    folder: 'prisma/migrations',
    own: {
      '20240101000000_tables/migration.sql': TABLES,
      'migration_lock.toml': 'provider = "postgresql"\n',
    },
    up: (database, folder) => deployByPrisma(database.connectionString, folder),
    execute: (database, sql) => executeByPrisma(database.connectionString, sql),
    forget: `DELETE FROM _prisma_migrations
      WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations)`,
    add: async (folder, tag, sql) =>
      write(folder, { [`${await nextNumber(folder)}_${tag}/migration.sql`]: sql }),
  },
}
