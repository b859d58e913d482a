/**
 * The pause before attempt `attempt` (from 0) in milliseconds: exponential with full jitter, so that many
 * processes that lost one server do not come back in step.
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function backoffDelay(attempt: number, base: number, max: number, random: () => number): number {
  return Math.min(max, base * 2 ** Math.min(attempt, 30)) * random()
}
