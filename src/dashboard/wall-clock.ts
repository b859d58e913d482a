import type { Clock } from '../options.ts'

/** A clock that also knows what people call the time. */
export type WallClock = Clock & {
  /** Milliseconds since 1970; `Date.now` unless given. */
  readonly wall?: () => number
}

export function wallTime({ wall = Date.now }: WallClock): number {
  return wall()
}
