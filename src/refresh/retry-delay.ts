/** When what failed is tried again. Times are milliseconds. */
export type RetrySettings = {
  /** How often a task is begun. */
  readonly attempts: number
  /** Longest first pause; doubles with each failure. */
  readonly retryBase: number
  /** Upper limit of a pause. */
  readonly retryMax: number
}

/** Exponential with full jitter: Brooker, "Exponential Backoff And Jitter", 2015. */
export function retryDelay(
  { retryBase, retryMax }: RetrySettings,
  failures: number,
  random: () => number,
): number {
  return random() * Math.min(retryMax, retryBase * 2 ** (failures - 1))
}
