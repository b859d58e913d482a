import type { ExecutionContext } from 'ava'

/** What a helper needs of a test: to release at its end what it made. Any `t` of ava will do. */
export type Test = Pick<ExecutionContext, 'teardown'>
