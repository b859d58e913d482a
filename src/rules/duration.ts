import ms, { type StringValue } from 'ms'

/** A number and a unit that `ms` knows, months and years left out: nothing is cached that long. */
export const DURATION_PATTERN =
  '^[0-9]+(\\.[0-9]+)? ?(ms|msecs?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)$'
const SHAPE = new RegExp(DURATION_PATTERN)
const LONGEST = 365 * 24 * 60 * 60 * 1000

/** Milliseconds of a text such as `5m`; `undefined` unless it is from 1 ms to 365 days, with a unit. */
export function parseDuration(text: string): number | undefined {
  if (!SHAPE.test(text) || text.length > 40) return undefined
  const duration = Math.round(ms(text as StringValue))
  return duration >= 1 && duration <= LONGEST ? duration : undefined
}

/** As the rules write it: `5m` for 300000. */
export function formatDuration(milliseconds: number): string {
  return ms(milliseconds)
}
