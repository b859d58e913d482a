import { fork } from 'node:child_process'
import { once } from 'node:events'

/** What a kind of worker is started with, is told to do, and answers; all of it plain JSON. */
export type Job = { readonly config: unknown; readonly task: unknown; readonly result: unknown }

/** A process of our own that does tasks. */
export type Worker<J extends Job> = AsyncDisposable & {
  readonly run: (task: J['task']) => Promise<J['result']>
}

type Answer =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: string }

/** Starts the module at `url` in a process of its own. What it prints goes to standard error. */
export async function startWorker<J extends Job>(
  url: URL,
  config: J['config'],
  signal: AbortSignal,
): Promise<Worker<J>> {
  signal.throwIfAborted()
  const child = fork(url, [], { stdio: ['ignore', 2, 2, 'ipc'], execArgv: [] })
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  const ended = once(child, 'exit').catch(() => {})
  let lastId = 0
  let end: Error | undefined
  const fail = (error: Error): void => {
    end ??= error
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  const abort = (): void => {
    fail(signal.reason as Error)
    child.kill('SIGKILL')
  }
  signal.addEventListener('abort', abort, { once: true })
  child.on('error', fail)
  child.once('exit', (code, name) => fail(new Error(`A worker ended with ${name ?? code}.`)))
  child.on('message', (answer: Answer) => {
    const caller = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('result' in answer) caller?.resolve(answer.result)
    else caller?.reject(new Error(answer.error))
  })
  const call = async (message: object): Promise<unknown> =>
    await new Promise((resolve, reject) => {
      if (end !== undefined) {
        reject(end)
        return
      }
      lastId += 1
      waiting.set(lastId, { resolve, reject })
      child.send({ id: lastId, ...message })
    })
  const stop = async (): Promise<void> => {
    signal.removeEventListener('abort', abort)
    child.kill('SIGKILL')
    await ended
  }
  try {
    await call({ config })
  } catch (error) {
    await stop()
    throw error
  }
  return { run: (task) => call({ task }), [Symbol.asyncDispose]: stop }
}

/** The other side: answers tasks with what `start` returned, until the parent is gone. */
export function serveTasks<J extends Job>(
  start: (config: J['config']) => Promise<(task: J['task']) => Promise<J['result']>>,
): void {
  let started: ReturnType<typeof start> | undefined
  const run = async (message: object): Promise<J['result']> => {
    if ('config' in message) {
      await (started = start(message.config))
      return null
    }
    return await (
      await started
    )?.((message as { readonly task: J['task'] }).task)
  }
  process.on('message', (message: { readonly id: number }) => {
    const { id } = message
    run(message).then(
      (result) => process.send?.({ id, result: result ?? null }),
      (error: unknown) => process.send?.({ id, error: describeError(error) }),
    )
  })
  process.on('disconnect', () => process.exit())
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** Stops all, and reports the first error only after that. */
export async function stopAll(resources: readonly AsyncDisposable[]): Promise<void> {
  const results = await Promise.allSettled(resources.map((resource) => resource[Symbol.asyncDispose]()))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
