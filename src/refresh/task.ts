import type { Background } from '../cache/background.ts'
import type { Reloaded } from '../cache/sight.ts'
import type { ParamValue } from '../key/param.ts'
import type { Ranked } from './work-queue.ts'
import type { OperationHandle } from './operation-log.ts'

/** How a task ended. `unwanted`: it was not needed any more, or an invalidation has won over it. */
export type TaskEnd = 'done' | 'failed' | 'shed' | 'unwanted'

/** One call of a loader in the background. */
export type Task = Ranked & {
  readonly cache: string
  readonly background: Background<unknown>
  /** Canonical values of the entries, in the order of the declaration. */
  readonly list: readonly (readonly ParamValue[])[]
  /** By which those are known that belong together. */
  readonly run?: object
  /** What a further tier holds, and is fresh, will do. */
  readonly mayPromote?: boolean
  /** Asked when its turn has come. */
  readonly isWanted: () => boolean
  /** Told once; `loads` by the places in `list`, of those that were tried. */
  readonly ended: (end: TaskEnd, loads: readonly Reloaded[]) => void
  /** Of the refresh that it is; a warm-up is followed as a whole. */
  readonly operation?: OperationHandle
}
