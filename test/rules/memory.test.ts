import { Worker } from 'node:worker_threads'
import test from 'ava'
import fc from 'fast-check'
import { HOSTILE } from '../helpers/hostile-files.ts'
import { randomText } from '../helpers/rule-fuzz.ts'

/** Megabytes of objects; what is past them ends the thread. */
const LIMIT = 512

/** Reads texts in a thread that may hold no more, and gives how many it has read. */
async function readLimited(texts: readonly string[]): Promise<number> {
  const worker = new Worker(new URL('./limited-worker.js', import.meta.url), {
    workerData: texts,
    resourceLimits: { maxOldGenerationSizeMb: LIMIT, maxYoungGenerationSizeMb: 32 },
  })
  let read = 0
  worker.on('message', () => (read += 1))
  return await new Promise((resolve, reject) => {
    worker.on('error', reject)
    worker.on('exit', () => resolve(read))
  })
}

/** Each line has ten times as much as the one before. */
const BOMB = [
  'l0: &l0 [x, x, x, x, x, x, x, x, x, x]',
  ...Array.from({ length: 9 }, (_, n) => `l${n + 1}: &l${n + 1} [${Array(10).fill(`*l${n}`).join(', ')}]`),
].join('\n')

const DEEP = `a: ${'['.repeat(400)}${']'.repeat(400)}`

test(`files that are made to take memory, and 2,000 random ones, are read within ${LIMIT} MB`, async (t) => {
  const texts = [BOMB, DEEP, ...Object.values(HOSTILE), ...fc.sample(randomText, 2000)]
  t.is(await readLimited(texts), texts.length)
})
