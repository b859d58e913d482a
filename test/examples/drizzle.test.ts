import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { createDatabase } from '../helpers/database.ts'
import { runCommand } from '../helpers/io.ts'
import { buildExample, copyExample } from './build-example.ts'
import { runProgram } from './run-program.ts'

test('the shop of Drizzle gets its triggers among its own migrations, and reads what it wrote', async (t) => {
  const cwd = await copyExample(t, 'drizzle')
  const readme = await readFile(join(cwd, 'README.md'), 'utf8')
  const database = await createDatabase(t)
  const { connectionString } = database
  // What `drizzle-kit migrate` calls.
  const runMigrations = async (): Promise<void> =>
    await migrate(drizzle(await database.connect()), { migrationsFolder: join(cwd, 'drizzle') })
  const compile = readme.match(/^npx stalemate (compile .*)$/m)?.[1] ?? ''
  const compiled = await runCommand(compile.split(' '), { cwd })
  t.is(compiled.code, 0, compiled.stderr)
  await runMigrations()
  const insert = readme.match(/^psql shop -c "(.*)"$/m)?.[1] ?? ''
  await database.query(insert)
  t.deepEqual(buildExample(cwd), [])

  const program = runProgram(t, join(cwd, 'dist/src/main.js'), cwd, { DATABASE_URL: connectionString })
  t.is(await program.ended, 0, program.output())
  t.is(program.output(), `{ customer: 'Ada', open: 0, total: 0 }\n{ customer: 'Ada', open: 1, total: 30 }\n`)

  const status = await runCommand(['status', '--url', connectionString], { cwd })
  t.is(status.code, 0, status.stdout)
  // Run again, there is nothing to do.
  await runMigrations()
})
