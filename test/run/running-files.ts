import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A test file that has begun and not ended. */
export type RunningFile = { readonly file: string; readonly seconds: number }

/**
 * Marks a test file as running until the function that is returned is called. The marks are files of a folder, so that
 * they can be read when the process that made them answers to nothing any more.
 */
export function markRunning(folder: string, file: string): () => void {
  mkdirSync(folder, { recursive: true })
  const mark = join(folder, encodeURIComponent(file))
  writeFileSync(mark, file)
  return () => rmSync(mark, { force: true })
}

/** The test files that run, the longest first. */
export function listRunning(folder: string): readonly RunningFile[] {
  const marks = readdirSync(folder).map((name) => join(folder, name))
  return marks
    .map((mark) => ({
      file: readFileSync(mark, 'utf8'),
      seconds: Math.round((Date.now() - statSync(mark).mtimeMs) / 1000),
    }))
    .sort((one, two) => two.seconds - one.seconds)
}
