import type { Dirent } from 'node:fs'
import { constants } from 'node:fs'
import { access, chmod, chown, copyFile, lstat, mkdir } from 'node:fs/promises'
import { readFile, readdir, readlink, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { Account } from './account.ts'
import { isRunnableByAll } from './account.ts'

type Link = { readonly source: string; readonly target: string }

/** Reads the links that npm's archive can't hold and that the package's install script would have made. */
async function readLinks(nativeDir: string): Promise<Link[]> {
  const file = join(nativeDir, 'pg-symlinks.json')
  const text = await readFile(file, 'utf8').catch(() => '[]')
  const root = dirname(nativeDir)
  return (JSON.parse(text) as Link[]).map(({ source, target }) => ({
    source: relative(nativeDir, join(root, source)),
    target: relative(nativeDir, join(root, target)),
  }))
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

/** Tells whether the server can run from the package as npm left it. */
async function isUsable(nativeDir: string, links: readonly Link[], account: Account | undefined) {
  for (const { target } of links) if (!(await exists(join(nativeDir, target)))) return false
  const programs = ['initdb', 'postgres'].map((name) => join(nativeDir, 'bin', name))
  if (account !== undefined) return (await Promise.all(programs.map(isRunnableByAll))).every(Boolean)
  return Promise.all(programs.map((path) => access(path, constants.X_OK))).then(
    () => true,
    () => false,
  )
}

/** What only building against PostgreSQL needs. */
function isForBuilding(name: string): boolean {
  return name.endsWith('.a') || name === 'pkgconfig' || name === 'include'
}

/**
 * Copies a tree for an account. A folder belongs to the account before anything is in it, so that the account
 * can remove the tree at any moment.
 */
async function copyTree(from: string, to: string, account: Account | undefined): Promise<void> {
  await mkdir(to)
  if (account !== undefined) await chown(to, account.uid, account.gid)
  const copyEntry = async (entry: Dirent): Promise<void> => {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (isForBuilding(entry.name)) return
    if (entry.isDirectory()) return copyTree(source, target, account)
    if (entry.isSymbolicLink()) return symlink(await readlink(source), target)
    await copyFile(source, target, constants.COPYFILE_FICLONE)
    if (account !== undefined) await chown(target, account.uid, account.gid)
  }
  await Promise.all((await readdir(from, { withFileTypes: true })).map(copyEntry))
}

async function copyNative(from: string, to: string, links: readonly Link[], account: Account | undefined) {
  await copyTree(from, to, account)
  for (const { source, target } of links) {
    const link = join(to, target)
    if (!(await exists(link))) await symlink(relative(dirname(link), join(to, source)), link)
  }
  for (const name of await readdir(join(to, 'bin'))) await chmod(join(to, 'bin', name), 0o755)
}

/**
 * Gives a folder with `bin`, `lib` and `share` that the server's account can run: the package's own where that
 * works, else a copy below `folder`. The package is never written to: it may be read-only, or shared.
 *
 * A copy is needed where npm ran no install scripts (links between libraries are missing) and where root
 * keeps `node_modules` in a folder that `nobody` can't enter, such as `/root`.
 */
export async function prepareBinaries(nativeDir: string, folder: string, account: Account | undefined) {
  const links = await readLinks(nativeDir)
  if (await isUsable(nativeDir, links, account)) return nativeDir
  const copy = join(folder, 'native')
  await copyNative(nativeDir, copy, links, account)
  return copy
}
