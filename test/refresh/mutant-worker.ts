import { parentPort, workerData } from 'node:worker_threads'
import type * as TinyAva from '../helpers/tiny-ava.ts'

/** What a worker is started with, and what it answers. */
export type MutantTask = { readonly ava: string; readonly files: readonly string[] }
/** The test that failed, with the reason; the number of tests when none did. */
export type MutantAnswer = { readonly failed: string } | { readonly passed: number }

const { ava, files } = workerData as MutantTask
const { takeDeclared, runDeclared } = (await import(ava)) as typeof TinyAva

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(await judge())

async function judge(): Promise<MutantAnswer> {
  let passed = 0
  for (const file of files) {
    await import(file)
    for (const declared of takeDeclared()) {
      try {
        await runDeclared(declared)
        passed += 1
      } catch (error) {
        return {
          failed: `${declared.title}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
        }
      }
    }
  }
  return { passed }
}
