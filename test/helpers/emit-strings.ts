import { emitFiles } from '../../src/emit/emit-files.ts'

/** The generated files of a plan, each as one text. */
export function emitStrings(...args: Parameters<typeof emitFiles>): ReadonlyMap<string, string> {
  return new Map([...emitFiles(...args)].map(([path, text]) => [path, String(text)]))
}
