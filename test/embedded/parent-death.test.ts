import type { ExecutionContext } from 'ava'
import test from 'ava'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createTempDir } from './surroundings.ts'
import { waitFor, waitUntil } from '../helpers/wait.ts'

const program = fileURLToPath(new URL('start-server.js', import.meta.url))

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
  const [output] = (await waitFor(once(parent.stdout, 'data'), 'a server')) as [Buffer]
  const pid = Number(output.toString())
  t.false(isGone(pid))
  parent.kill('SIGKILL')
  await t.notThrowsAsync(waitUntil(() => isEmpty(tempDir), 'the end of the folder'))
  await waitUntil(() => isGone(pid), 'the end of the server')
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
    await waitUntil(hasBegun, file)
    parent.kill('SIGKILL')
    await waitFor(once(parent, 'exit'), 'the end of the parent')
    await t.notThrowsAsync(waitUntil(() => isEmpty(tempDir), 'the end of the folder'))
  })
}

test('a parent that has nothing else to do ends by itself and leaves nothing', async (t) => {
  const tempDir = await createTempDir(t)
  const parent = spawnParent(t, tempDir)
  const [code] = (await waitFor(once(parent, 'exit'), 'the end of the parent')) as [number | null]
  t.is(code, 0)
  await t.notThrowsAsync(waitUntil(() => isEmpty(tempDir), 'the end of the folder'))
})
