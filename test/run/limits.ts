/** What the run of tests tells those that take part in it: a folder of marks, and its limits in milliseconds. */
export const FOLDER = 'STALEMATE_TEST_FOLDER'
export const RUN_LIMIT = 'STALEMATE_TEST_RUN_LIMIT'
export const LINGER_LIMIT = 'STALEMATE_TEST_LINGER_LIMIT'

/** A whole run takes a third of it on two cores. */
const RUN_DEFAULT = 30 * 60_000
/** What a test file has let go may take this long to end: idle connections of a pool, a server that stops. */
const LINGER_DEFAULT = 30_000

export function readRunLimit(env: NodeJS.ProcessEnv): number {
  return Number(env[RUN_LIMIT] ?? RUN_DEFAULT)
}

export function readLingerLimit(env: NodeJS.ProcessEnv): number {
  return Number(env[LINGER_LIMIT] ?? LINGER_DEFAULT)
}
