import type { ExecutionContext } from 'ava'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPackage } from '../../src/embedded/package.ts'
import { findPort } from '../../src/embedded/port.ts'
import type { Surroundings } from '../../src/embedded/postgres.ts'

/** Makes a temporary folder of the test's own, in which every account may write. */
export async function createTempDir(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'test-'))
  await chmod(path, 0o1777)
  t.teardown(() => rm(path, { recursive: true, force: true }))
  return path
}

/** The machine's own surroundings but for a temporary folder in which a leftover shows, and what is given. */
export async function createSurroundings(t: ExecutionContext, own: Partial<Surroundings> = {}) {
  return { findPackage, findPort, tempDir: await createTempDir(t), ...own }
}
