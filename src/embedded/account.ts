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

const searchable = 0o001
const readable = 0o004
const writable = 0o002

async function allows(path: string, rights: number): Promise<boolean> {
  const { mode } = await stat(path)
  return (mode & rights) === rights
}

async function isReachable(path: string): Promise<boolean> {
  const folder = dirname(path)
  return folder === path || ((await allows(folder, searchable)) && (await isReachable(folder)))
}

/** Tells whether an account that owns nothing on the way may read and run a program. */
export async function isRunnableByAll(path: string): Promise<boolean> {
  return (await allows(path, readable | searchable)) && (await isReachable(path))
}

/** Tells whether an account that owns nothing on the way may make folders of its own in a folder. */
export async function isSharedFolder(path: string): Promise<boolean> {
  return (await allows(path, readable | writable | searchable)) && (await isReachable(path))
}
