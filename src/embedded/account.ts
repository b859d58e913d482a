import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

/** Who runs the server: PostgreSQL refuses to run as root. */
export type Account = { readonly uid: number; readonly gid: number }

const run = promisify(execFile)

async function readId(option: '-u' | '-g'): Promise<number> {
  const { stdout } = await run('id', [option, 'nobody'])
  return Number(stdout)
}

/** Gives the account `nobody` for root, and nothing for anyone else, who runs the server themselves. */
export async function chooseAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = await Promise.all([readId('-u'), readId('-g')])
  return { uid, gid }
}

const searchableByAll = 0o001
const readableByAll = 0o004

/** Tells whether an account that owns nothing on the way can reach a folder, or read and run a file. */
export async function isOpenToAll(path: string): Promise<boolean> {
  const { mode } = await stat(path)
  const needed = readableByAll | searchableByAll
  if ((mode & needed) !== needed) return false
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & searchableByAll) === 0) return false
    if (folder === dirname(folder)) return true
  }
}
