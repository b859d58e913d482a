import type { ExecutionContext } from 'ava'
import test from 'ava'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createTempDir } from './surroundings.ts'

const program = fileURLToPath(new URL('start-server.js', import.meta.url))

/** Other processes act here, in their own time: looks until it is so, for half a minute at most. */
async function waitUntil(isSo: () => Promise<boolean> | boolean): Promise<boolean> {
  const deadline = performance.now() + 30_000
  while (performance.now() < deadline) {
    if (await isSo()) return true
    await setTimeout(10)
  }
  return false
}

function spawnParent(t: ExecutionContext, tempDir: string, ...args: string[]) {
  const env = { ...process.env, TMPDIR: tempDir }
  const parent = spawn(process.execPath, [program, ...args], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => parent.kill('SIGKILL'))
  return parent
}

const isEmpty = async (folder: string) => (await readdir(folder)).length === 0

function isGone(pid: number): boolean {
  try {
    return !process.kill(pid, 0)
  } catch {
    return true
  }
}

test('a parent that is killed leaves neither server nor folder', async (t) => {
  const tempDir = await createTempDir(t)
  const parent = spawnParent(t, tempDir, 'stay')
  const [output] = (await once(parent.stdout, 'data')) as [Buffer]
  const pid = Number(output.toString())
  t.false(isGone(pid))
  parent.kill('SIGKILL')
  t.true(await waitUntil(() => isEmpty(tempDir)))
  t.true(await waitUntil(() => isGone(pid)))
})

for (const [moment, file] of [
  ['makes the data folder', 'data/PG_VERSION'],
  ['starts the server', 'data/postmaster.pid'],
] as const) {
  test(`a parent that is killed while it ${moment} leaves nothing`, async (t) => {
    const tempDir = await createTempDir(t)
    const parent = spawnParent(t, tempDir, 'stay')
    const hasBegun = async () => {
      const [folder] = await readdir(tempDir)
      if (folder === undefined) return false
      return (await readdir(join(tempDir, folder), { recursive: true }).catch((): string[] => [])).includes(
        file,
      )
    }
    t.true(await waitUntil(hasBegun))
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    t.true(await waitUntil(() => isEmpty(tempDir)))
  })
}

test('a parent that has nothing else to do ends by itself and leaves nothing', async (t) => {
  const tempDir = await createTempDir(t)
  const parent = spawnParent(t, tempDir)
  const [code] = (await once(parent, 'exit')) as [number | null]
  t.is(code, 0)
  t.true(await waitUntil(() => isEmpty(tempDir)))
})
