import { relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import test, { registerCompletionHandler } from 'ava'
import { FOLDER, readLingerLimit } from './limits.ts'
import { markRunning } from './running-files.ts'

/**
 * Runs in each test file's thread before the file. A thread ends when nothing is left to do in it, so that whatever
 * a test forgot to close would keep the run from ending for ever; here it fails the file, by name.
 */
const file = relative(process.cwd(), fileURLToPath(test.meta.file))
const folder = process.env[FOLDER]
if (folder !== undefined) process.on('exit', markRunning(folder, file))

registerCompletionHandler(() => {
  const limit = readLingerLimit(process.env)
  const linger = setTimeout(() => {
    const left = process.getActiveResourcesInfo().join(', ')
    throw new Error(`All tests of ${file} have ended, but not what they opened; after ${limit} ms: ${left}`)
  }, limit)
  linger.unref()
})
