/** Reads cron expressions as the scheduler of the runtime does; the module system holds it once it is loaded. */
export type ParseSchedule = (text: string) => ParsedSchedule

export type ParsedSchedule =
  | { readonly ok: true; readonly schedule: string }
  | { readonly ok: false; readonly reason: string | undefined }

const FIELD = /^[A-Za-z0-9*?,/#-]+$/
const NAMED = /^@(?:yearly|monthly|weekly|daily|hourly)$/
/** A time from which gaps are counted, the same for each compilation. */
const EPOCH = Date.UTC(2024, 0, 1)
const STEPS = 20

export async function createScheduleParser(): Promise<ParseSchedule> {
  const { default: cron } = await import('cron-parser')
  return (text) => {
    const fields = text.trim().split(/\s+/)
    const known = NAMED.test(text) || (fields.length >= 5 && fields.length <= 6 && fields.every((field) => FIELD.test(field))) // prettier-ignore
    if (!known) return { ok: false, reason: undefined }
    try {
      cron.parseExpression(text, { currentDate: EPOCH, tz: 'UTC' })
      return { ok: true, schedule: text.trim() }
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : undefined }
    }
  }
}

/** The shortest time between two runs of a valid schedule, in milliseconds; `undefined` when it never comes twice. */
export async function shortestGap(schedule: string): Promise<number | undefined> {
  const { default: cron } = await import('cron-parser')
  try {
    const times = cron.parseExpression(schedule, { currentDate: EPOCH, tz: 'UTC' })
    let before = times.next().getTime()
    let shortest: number | undefined
    for (let step = 0; step < STEPS; step += 1) {
      const next = times.next().getTime()
      shortest = Math.min(shortest ?? Infinity, next - before)
      before = next
    }
    return shortest
  } catch {
    return undefined
  }
}
