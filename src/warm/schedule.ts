/** Calls back at each time of a cron expression; returns the undo. */
export type Schedule = (cron: string, callback: () => void) => () => void

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
