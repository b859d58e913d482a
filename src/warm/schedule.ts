/**
 * Calls back at each time of a cron expression, with that time; returns the undo. What is called back resolves when all is done that
 * is to be done then.
 */
export type Schedule = (cron: string, callback: (tick: Date) => Promise<void>) => () => void

/** Schedules by node-schedule, in the time zone of the process. Loaded only where there is a schedule. */
export async function createSchedule(): Promise<Schedule> {
  const { default: schedule } = await import('node-schedule')
  return (cron, callback) => {
    const job = schedule.scheduleJob(cron, callback)
    return () => {
      job.cancel()
    }
  }
}
