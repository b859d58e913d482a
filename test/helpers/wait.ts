import { setTimeout as pause } from 'node:timers/promises'

/** What a loaded machine may need for anything that a test waits for. */
const PATIENCE = 120_000

/** Gives what a promise gives, or fails, saying what was waited for, when it takes too long. */
export async function waitFor<T>(promise: Promise<T>, what: string, ms = PATIENCE): Promise<T> {
  const end = new AbortController()
  // It keeps nothing alive: a test whose promise can't settle any more fails at once.
  const late = pause(ms, undefined, { signal: end.signal, ref: false }).then(() => {
    throw new Error(`Waited ${ms} ms in vain for ${what}.`)
  })
  late.catch(() => {})
  try {
    return await Promise.race([promise, late])
  } finally {
    end.abort()
  }
}

/** Looks until it is so, or fails, saying what was waited for. For what happens in another process, in its own time. */
export async function waitUntil(
  isSo: () => Promise<boolean> | boolean,
  what: string,
  ms = PATIENCE,
): Promise<void> {
  const deadline = performance.now() + ms
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`Waited ${ms} ms in vain for ${what}.`)
    await pause(10)
  }
}
