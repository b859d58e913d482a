import type { JsonValue } from '../wire/change.ts'
import { WARM_ENDS, type WarmEnd, type WarmProgress } from './report.ts'

/** What an instance last told of a run that another process has asked for. */
export type InstanceReport = WarmProgress & {
  readonly instance: string
  /** `refused`: it has no such set, or the params are wrong. `lost`: it has not been heard of for too long. */
  readonly state: 'begun' | 'running' | 'over' | 'refused' | 'lost'
  /** Milliseconds; once it is over. */
  readonly took: number | undefined
  /** How many sets ended in which way; once it is over. */
  readonly ends: Readonly<Partial<Record<WarmEnd, number>>>
  readonly error: string | undefined
}

const STATES = ['begun', 'running', 'over', 'refused'] as const

/** Whether an instance has no more to tell. */
export function isSettled({ state }: InstanceReport): boolean {
  return state !== 'begun' && state !== 'running'
}

/** Reads the body of a `warm-report` of the run `id`; `undefined` for anything else, since anybody may send one. */
export function readReport(id: string, body: JsonValue | undefined): InstanceReport | undefined {
  if (!isObject(body) || body['id'] !== id) return undefined
  const { instance } = body
  const state = STATES.find((one) => one === body['state'])
  if (typeof instance !== 'string' || instance.length > 200 || state === undefined) return undefined
  const count = (name: string): number => readCount(body[name]) ?? 0
  return {
    instance: printable(instance),
    state,
    loaded: count('loaded'),
    skipped: count('skipped'),
    failed: count('failed'),
    total: readCount(body['total']),
    took: readCount(body['took']),
    ends: readEnds(body['ends']),
    error: typeof body['error'] === 'string' ? printable(body['error']) : undefined,
  }
}

function readEnds(ends: JsonValue | undefined): InstanceReport['ends'] {
  if (!isObject(ends)) return {}
  return Object.fromEntries(
    WARM_ENDS.flatMap((end) => {
      const count = readCount(ends[end])
      return count === undefined ? [] : [[end, count]]
    }),
  )
}

function readCount(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

/** What could move a terminal's cursor, as a stranger's text may, is left out. */
function printable(text: string): string {
  return text.replaceAll(/\p{Control}/gu, ' ')
}

export function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
