export const HOURS_OF_WEEK = 168

const HOUR = 3_600_000

/** An hour in the time zone of the process. */
export type Hour = {
  /** Hours since 1970. */
  readonly number: number
  /** Weeks since 1970. */
  readonly week: number
  /** Hour of week, from Sunday 0:00, 0 to 167. */
  readonly slot: number
}

/** @param time milliseconds since 1970 */
export function hourOf(time: number): Hour {
  const date = new Date(time)
  const number = Math.floor(time / HOUR)
  return { number, week: Math.floor(number / HOURS_OF_WEEK), slot: date.getDay() * 24 + date.getHours() }
}
