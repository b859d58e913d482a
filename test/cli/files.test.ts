import test from 'ava'
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import * as disk from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { compareFiles, writeFiles } from '../../src/cli/files.ts'
import { makeFolder } from '../helpers/io.ts'
import { Pieces } from '../../src/sql/pieces.ts'
import type { Disk } from '../../src/cli/files.ts'

const OLD = new Map([
  ['a.txt', 'a1'],
  ['deep/b.txt', 'b1'],
  ['c.txt', 'c1'],
])
const NEW = new Map([
  ['a.txt', 'a2'],
  ['deep/b.txt', 'b2'],
  ['deep/er/d.txt', 'd2'],
  ['c.txt', 'c2'],
])

async function readTree(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const names = entries.map((entry) => join(entry.parentPath, entry.name)).sort()
  const tree: Record<string, string> = {}
  for (const name of names) {
    const text = (await stat(name)).isFile() ? await readFile(name, 'utf8') : '(folder)'
    tree[name.slice(folder.length + 1)] = text
  }
  return tree
}

/** The real file system, but for one call of one function, which fails. */
function failAt(name: 'writeFile' | 'rename' | 'copyFile' | 'mkdir' | 'mkdtemp', call: number): Disk {
  let calls = 0
  const failing = (...args: unknown[]) => {
    calls += 1
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', errno: -28 })
    return calls === call ? Promise.reject(full) : (disk[name] as (...args: unknown[]) => unknown)(...args)
  }
  return { ...disk, [name]: failing }
}

test('files are created with the folders they need', async (t) => {
  const out = join(await makeFolder(t), 'not', 'there')
  const states = await writeFiles(out, OLD)
  t.deepEqual(
    states.map(({ path, state }) => [path, state]),
    [
      ['a.txt', 'created'],
      ['deep/b.txt', 'created'],
      ['c.txt', 'created'],
    ],
  )
  t.deepEqual(await readTree(out), { 'a.txt': 'a1', 'c.txt': 'c1', deep: '(folder)', 'deep/b.txt': 'b1' })
})

test('a file that is already right is not touched, and other files stay', async (t) => {
  const out = await makeFolder(t)
  await writeFiles(out, OLD)
  await writeFile(join(out, 'mine.txt'), 'mine')
  const past = new Date('2001-01-01')
  await utimes(join(out, 'a.txt'), past, past)
  const states = await writeFiles(out, new Map([...OLD, ['c.txt', 'c2']]))
  t.deepEqual(
    states.map(({ state }) => state),
    ['unchanged', 'unchanged', 'updated'],
  )
  t.deepEqual((await stat(join(out, 'a.txt'))).mtime, past)
  t.is(await readFile(join(out, 'mine.txt'), 'utf8'), 'mine')
})

const fault = test.macro<[Parameters<typeof failAt>[0], number]>({
  exec: async (t, name: Parameters<typeof failAt>[0], call: number) => {
    const out = await makeFolder(t)
    await writeFiles(out, OLD)
    const before = await readTree(out)
    await t.throwsAsync(writeFiles(out, NEW, { fileSystem: failAt(name, call) }), {
      code: 'file-failed',
      message: /cannot be written: no space left on device\./,
    })
    t.deepEqual(await readTree(out), before)
  },
  title: (_title, name, call) =>
    `when ${name} fails at call ${call}, all old files are back and nothing is left over`,
})

test(fault, 'mkdtemp', 1)
test(fault, 'writeFile', 1)
test(fault, 'writeFile', 3)
test(fault, 'copyFile', 2)
test(fault, 'mkdir', 4)
test(fault, 'rename', 1)
test(fault, 'rename', 3)
test(fault, 'rename', 4)

test('when the first compilation fails, the folders made for it go again', async (t) => {
  const folder = await makeFolder(t)
  const out = join(folder, 'x', 'generated')
  await t.throwsAsync(writeFiles(out, NEW, { fileSystem: failAt('rename', 4) }))
  t.deepEqual(await readdir(folder), [])
})

test('an abort between two files takes back the first', async (t) => {
  const out = await makeFolder(t)
  await writeFiles(out, OLD)
  const before = await readTree(out)
  const abort = new AbortController()
  const fileSystem: Disk = {
    ...disk,
    rename: async (from, to) => {
      await disk.rename(from, to)
      abort.abort(new Error('stop'))
    },
  }
  await t.throwsAsync(writeFiles(out, NEW, { signal: abort.signal, fileSystem }), { message: 'stop' })
  t.deepEqual(await readTree(out), before)
})

test('a folder in the place of a file is an error, and nothing is left of what was written', async (t) => {
  const out = await makeFolder(t)
  await mkdir(join(out, 'c.txt'))
  await t.throwsAsync(writeFiles(out, OLD), { code: 'file-failed', message: /c\.txt cannot be read: / })
  t.deepEqual(await readdir(out), ['c.txt'])
})

test('a comparison names what is missing, different and equal', async (t) => {
  const out = await makeFolder(t)
  await writeFiles(out, OLD)
  const states = await compareFiles(out, new Map([...OLD, ['a.txt', 'a2'], ['z.txt', 'z']]))
  t.deepEqual(
    states.map(({ path, state }) => `${path} ${state}`),
    ['a.txt updated', 'deep/b.txt unchanged', 'c.txt unchanged', 'z.txt created'],
  )
})

test('texts in pieces are written as the texts that they make, whatever the pieces and characters are', async (t) => {
  const out = await makeFolder(t)
  const long = `${'€\u{1F600}x'.repeat(100_000)}\n`
  const texts = {
    'none.txt': [],
    'small.txt': ['a', '', 'b\n'],
    'long.txt': ['first\n', long, 'middle', long, long, 'last'],
    'many.txt': Array.from({ length: 50_000 }, (_, index) => `${index} €\n`),
  }
  const files = new Map(Object.entries(texts).map(([path, list]) => [path, new Pieces(list)]))
  await writeFiles(out, files)
  t.deepEqual(
    await readTree(out),
    Object.fromEntries(Object.entries(texts).map(([path, list]) => [path, list.join('')])),
  )
  const states = await compareFiles(out, files)
  t.true(states.every(({ state }) => state === 'unchanged'))
  const changed = await compareFiles(out, new Map([['small.txt', new Pieces(['a', 'c\n'])]]))
  t.deepEqual(
    changed.map(({ state }) => state),
    ['updated'],
  )
})

/** The last part of a path that is a text. */
const nameOf = (path: unknown): string => (typeof path === 'string' ? basename(path) : '')

/** As long as it takes until all else that can go on has done so. */
async function idle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await setImmediate()
}

test('a text that is made when it is asked for is made while those before it are written', async (t) => {
  const out = await makeFolder(t)
  const log: string[] = []
  let tell = (): void => {}
  const made = new Promise<void>((resolve) => (tell = resolve))
  const slow: Disk = {
    ...disk,
    writeFile: async (...args) => {
      await disk.writeFile(...args)
      // Where the next text is only made after this, neither ever ends, and the test fails for it.
      await made
      log.push(`${nameOf(args[0])} is written`)
    },
  }
  const late = new Pieces(() => {
    log.push('b.txt is made')
    tell()
    return ['b']
  })
  const files = new Map<string, string | Pieces>([
    ['a.txt', 'a'],
    ['b.txt', late],
  ])
  await writeFiles(out, files, { fileSystem: slow })
  t.deepEqual(log, ['b.txt is made', '0.new is written', '1.new is written'])
  t.deepEqual(await readTree(out), { 'a.txt': 'a', 'b.txt': 'b' })
})

test('what is still being written when another file cannot be is waited for, and goes too', async (t) => {
  const out = await makeFolder(t)
  const { writeFile: fail } = failAt('writeFile', 1)
  let settled = false
  const slow: Disk = {
    ...disk,
    writeFile: async (...args) => {
      if (nameOf(args[0]) !== '0.new') return await fail(...args)
      await idle()
      await disk.writeFile(...args)
      settled = true
    },
  }
  await t.throwsAsync(writeFiles(out, OLD, { fileSystem: slow }), {
    code: 'file-failed',
    message: /deep\/b\.txt cannot be written: /,
  })
  t.true(settled)
  t.deepEqual(await readdir(out), [])
})
