import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { join, relative } from 'node:path'
import ts from 'typescript'
import type { Test } from '../helpers/test.ts'
import { ROOT } from '../helpers/root.ts'

/** Copies an example to a folder of its own inside the project, where it finds what the project has installed. */
export async function copyExample(t: Test, name: string): Promise<string> {
  await mkdir(join(ROOT, '.cache'), { recursive: true })
  const folder = await mkdtemp(join(ROOT, '.cache', `example-${name}-`))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await cp(join(ROOT, 'examples', name), folder, { recursive: true })
  await mkdir(join(folder, 'node_modules'))
  await symlink(ROOT, join(folder, 'node_modules', 'stalemate'), 'dir')
  return folder
}

/** Compiles it as its own `tsc` would; returns what is wrong. */
export function buildExample(folder: string): readonly string[] {
  const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    config: unknown
  }
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, folder)
  const typeRoots = [join(ROOT, 'node_modules', '@types')]
  const program = ts.createProgram(fileNames, { ...options, typeRoots })
  const { diagnostics } = program.emit()
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(
    ({ file, messageText }) =>
      `${relative(folder, file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
  )
}
