import type { SoakResult } from './result.ts'

/** The result of a soak as text. */
export function formatResult(result: SoakResult): string {
  const faults = result.faults.map(({ name, times, recovery, gaps }) => {
    const causes = Object.entries(gaps).map(([cause, count]) => `${cause} ${count}`)
    return `  ${name.padEnd(28)} ${String(times).padStart(4)} times   recovered after ${recovery.median} ms (at most ${recovery.max})   ${
      causes.length === 0 ? 'no gap' : `gaps: ${causes.join(', ')}`
    }`
  })
  const evidence = result.evidence.map(
    ({ cache, key, why }) => `  ${cache} ${key}: ${why.length > 200 ? `${why.slice(0, 200)} ...` : why}`,
  )
  return `${[
    `feed ${result.feed}, seed ${result.seed}, PostgreSQL ${result.postgresql}, ${result.seconds} s`,
    `${result.transactions} transactions, ${result.reads} reads judged, ${result.failedReads} failed, ${result.compared} held values compared`,
    `${result.staleReads} stale reads`,
    ...evidence,
    ...faults,
  ].join('\n')}\n`
}
