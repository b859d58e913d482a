import { h } from './dom.ts'
import { time } from './format.ts'
import type { Model } from './store.ts'
import type { Row } from './table.ts'

/** What is meant by the causes that a gap can have. */
const GAP_TEXT: Readonly<Record<string, string>> = {
  start: 'nothing before can be known',
  disconnect: 'the connection ended or was refused',
  'missed-heartbeat': 'no proof of life came in time',
  undecodable: 'a message could not be read',
  'slot-lost': 'the server has given up the replication slot',
  trimmed: 'the outbox did not wait any longer',
  'server-restart': 'the server was started anew',
  failover: 'the server is another one, or its data moved back in time',
  drift: 'a trigger was missing, disabled or replaced',
}

const DRIFT_TEXT: Readonly<Record<string, string>> = {
  missing: 'is not there',
  partition: 'is missing on a partition',
  disabled: 'is disabled',
  changed: 'is not what was compiled',
  settling: 'is new: a transaction that began before still runs',
}

export const DRIFT_HEADS = ['Table', 'Trigger', 'What is wrong']

export function driftRows({ state }: Model): readonly Row[] {
  return state.health.uncovered.map(({ table, trigger, reason }) => [
    table,
    h('code', {}, trigger),
    h('span', { class: 'bad' }, DRIFT_TEXT[reason] ?? reason),
  ])
}

export const GAP_HEADS = ['When', 'Cause', 'Epoch']

export function gapRows({ state }: Model): readonly Row[] {
  return state.gaps.map(({ at, cause, epoch }) => [
    time(at),
    h('span', {}, h('strong', {}, cause), GAP_TEXT[cause] === undefined ? '' : `: ${GAP_TEXT[cause]}`),
    String(epoch),
  ])
}
