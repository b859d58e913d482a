import type { Priority } from '../manifest/manifest.ts'

/** What an operation is doing. */
export const OPERATION_STATES = [
  /** It waits for its turn. */
  'queued',
  /** Its loads are under way. */
  'running',
  /** It has failed, and will be tried again after a pause. */
  'retrying',
  /** What was loaded is held. */
  'done',
  /** It was tried as often as it may be. */
  'failed',
  /** There was no room for it to wait in. */
  'shed',
  /** It was not wanted any more: what it was about was made wrong, left, or was loaded otherwise; or the runtime closed. */
  'cancelled',
] as const
export type OperationState = (typeof OPERATION_STATES)[number]

/** Why an operation was begun. */
export const OPERATION_CAUSES = [
  /** A read found the entry due. */
  'read',
  /** The sweep found the entry due. */
  'sweep',
  /** A rule with `refresh` was met by a change. */
  'change',
  /** The runtime has started. */
  'startup',
  /** The schedule of a warming set. */
  'schedule',
  /** A call of `warm`, or `stalemate warm`. */
  'demand',
] as const
export type OperationCause = (typeof OPERATION_CAUSES)[number]

/** Something that is done in the background: the reload of one entry, or a run of a warming set. */
export type Operation = {
  readonly id: number
  readonly kind: 'refresh' | 'warm'
  readonly cause: OperationCause
  readonly cache: string
  /** Of a refresh: the entry's params by name. */
  readonly params?: Readonly<Record<string, unknown>>
  /** Of a warm-up: the name of the set, and how far it has come; `total` once it is known. */
  readonly set?: string
  readonly progress?: {
    readonly loaded: number
    readonly skipped: number
    readonly failed: number
    readonly total?: number
  }
  readonly priority: Priority
  readonly state: OperationState
  /** How often it was begun. */
  readonly attempts: number
  /** Milliseconds of the runtime's clock. */
  readonly queuedAt: number
  readonly startedAt?: number
  readonly endedAt?: number
  /** What failed last. */
  readonly error?: unknown
}

/** Whether an operation is over. */
export function isOver(state: OperationState): boolean {
  return state === 'done' || state === 'failed' || state === 'shed' || state === 'cancelled'
}
