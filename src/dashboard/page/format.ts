import type { Inspection } from '../../cache/inspection.ts'

/** 1234567 -> 1.2 M */
export function short(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)} k`
  return Number.isInteger(value) ? String(value) : value.toFixed(1)
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`
}

export function duration(ms: number | undefined): string {
  if (ms === undefined) return '–'
  if (ms < 10 && ms > 0) return `${ms.toFixed(1)} ms`
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`
  return `${(ms / 3_600_000).toFixed(1)} h`
}

export function time(at: number): string {
  return new Date(at).toLocaleTimeString()
}

/** Params as `name=value`, one after the other. */
export function named(params: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(params).map(([name, value]) => `${name}=${String(value)}`)
  return parts.join(' ') || '(one entry)'
}

/** Why a value left, and by what. */
export function departure(previous: Inspection['previous']): string {
  if (previous === undefined) return '–'
  const { cause, by } = previous
  return by === undefined
    ? cause
    : [cause, 'by', by.operation, by.table ?? by.cause].filter(Boolean).join(' ')
}
