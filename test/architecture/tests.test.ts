import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { ROOT } from '../helpers/root.ts'

const FOLDER = join(ROOT, 'test')
const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.test.ts'),
)

/** Calls by which one test can keep the whole run from ending. */
const FORBIDDEN: Readonly<Record<string, { readonly call: RegExp; readonly why: string }>> = {
  't.timeout': {
    call: /\bt\.timeout\(/,
    why: 'stops the timeout of ava for all files, which then may never come again',
  },
  'a synchronous child process': {
    call: /\b(?:execFileSync|execSync|spawnSync)\(/,
    why: 'blocks the thread, so that nothing can end it',
  },
}

for (const [name, { call, why }] of Object.entries(FORBIDDEN)) {
  test(`no test uses ${name}, which ${why}`, (t) => {
    const found = files.filter((path) => call.test(withoutTexts(readFileSync(join(FOLDER, path), 'utf8'))))
    t.deepEqual(found, [])
  })
}

/** Source without its template texts and comments: fixtures may do what tests may not. */
function withoutTexts(source: string): string {
  return source.replace(/`[^`]*`/g, '``').replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '')
}
