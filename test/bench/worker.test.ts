import test from 'ava'
import { startWorker, type Worker } from '../../bench/harness/worker.ts'
import type { EchoJob } from './echo-worker.ts'

const url = new URL('./echo-worker.js', import.meta.url)

async function start(prefix: string, signal = new AbortController().signal): Promise<Worker<EchoJob>> {
  return await startWorker<EchoJob>(url, prefix, signal)
}

test('a worker answers each task by what it was started with', async (t) => {
  await using worker = await start('a')
  t.deepEqual(await Promise.all([worker.run('1'), worker.run('2')]), ['a1', 'a2'])
})

test('the error of a task is told and leaves the worker at work', async (t) => {
  await using worker = await start('a')
  await t.throwsAsync(worker.run('throw'), { message: /thrown by a/ })
  t.is(await worker.run('1'), 'a1')
})

test('a worker that cannot start, or ends, fails what waits for it', async (t) => {
  await t.throwsAsync(start('broken'), { message: /cannot start/ })
  await using worker = await start('a')
  await t.throwsAsync(worker.run('exit'), { message: 'A worker ended with 3.' })
  await t.throwsAsync(worker.run('1'), { message: 'A worker ended with 3.' })
})

test('an abort ends the worker and fails what waits for it', async (t) => {
  const controller = new AbortController()
  await using worker = await start('a', controller.signal)
  const waiting = worker.run('hang')
  const reason = new Error('Ctrl-C')
  controller.abort(reason)
  t.is(await t.throwsAsync(waiting), reason)
})
