import { readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { StalemateError } from '../errors.ts'
import { showPath } from './show-path.ts'
import { describeSystemError, hasCode } from './system-error.ts'

const RULE_FILE = /^[^.].*\.ya?ml$/i

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new StalemateError('file-failed', `${path} is not UTF-8 text.`, {
      hint: 'Save it as UTF-8.',
      cause: error,
    })
  }
}

async function listRuleFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const names = (await readdir(path)).filter((name) => RULE_FILE.test(name)).sort()
  const files: string[] = []
  for (const name of names) {
    if ((await stat(join(path, name))).isFile()) files.push(join(path, name))
  }
  return files
}

/**
 * Reads a rule file, or every `*.yaml` and `*.yml` that lies directly in a folder, by name. Folders inside it
 * and names that begin with a dot are left alone.
 * @returns path as shown to people (relative to `cwd`, with `/`) -> text
 * @throws StalemateError `file-failed`
 */
export async function readRules(
  path: string,
  { cwd }: { readonly cwd: string },
): Promise<Map<string, string>> {
  const show = (file: string): string => showPath(file, cwd)
  const start = resolve(cwd, path)
  const texts = new Map<string, string>()
  let at = start
  try {
    for (const file of await listRuleFiles(start)) {
      at = file
      texts.set(show(file), decode(await readFile(file), show(file)))
    }
  } catch (error) {
    if (error instanceof StalemateError) throw error
    throw new StalemateError('file-failed', `${show(at)} cannot be read: ${describeSystemError(error)}.`, {
      hint: hasCode(error, 'ENOENT')
        ? 'Name the folder or file of the rules with --rules.'
        : 'Check that you may read it.',
      cause: error,
    })
  }
  if (texts.size > 0) return texts
  throw new StalemateError('file-failed', `${show(start)} holds no rule file.`, {
    hint: 'Put a .yaml file directly into it, or name another folder with --rules.',
  })
}
