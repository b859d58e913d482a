/** Milliseconds that anything in a browser may take. */
export const PATIENCE = 45_000

/** Fails where a promise takes too long: a browser that hangs must not hang the test. */
export async function bounded<T>(promise: Promise<T>, what: string, patience = PATIENCE): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${patience} ms.`)), patience)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
