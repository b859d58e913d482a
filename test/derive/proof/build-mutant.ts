import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../helpers/root.ts'
import { asPattern, type Mutant } from '../mutants.ts'

/** A copy of what is compiled, broken in one place: the path of its worker, and what removes it. */
export function buildMutant(
  { what, file, find, replace }: Mutant,
  name: string,
): { readonly path: string; readonly remove: () => void } {
  const folder = join(ROOT, 'dist', `mutant-${name}`)
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  remove()
  mkdirSync(join(folder, 'test'), { recursive: true })
  for (const part of ['src', 'test/derive', 'test/helpers']) cpSync(join(ROOT, 'dist', part), join(folder, part), { recursive: true }) // prettier-ignore
  const path = join(folder, 'src', 'derive', file)
  const text = readFileSync(path, 'utf8')
  if (text.split(asPattern(find)).length !== 2) throw new Error(`${what}: ${file} has not the text to replace.`) // prettier-ignore
  writeFileSync(
    path,
    text.replace(asPattern(find), () => replace),
  )
  return { path: join(folder, 'test', 'derive', 'proof', 'worker.js'), remove }
}
