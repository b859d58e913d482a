import type { FeedName } from '../../src/manifest/manifest.ts'
import type { Document } from '../../bench/harness/benchmark.ts'
import type { FaultResult, SoakResult } from './result.ts'

/** The measured part of `docs/feeds.md`: from the results of soaks and of benchmarks, as Markdown. */
export function renderTables(soaks: readonly SoakResult[], benchmarks: readonly Document[]): string {
  const feeds = soaks.map(({ feed }) => feed)
  const parts = [renderSoaks(soaks), renderFaults(soaks), renderBenchmarks(feeds, benchmarks)]
  return parts.filter((part) => part !== '').join('\n\n')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

function renderSoaks(soaks: readonly SoakResult[]): string {
  return table(
    ['', ...soaks.map(({ feed }) => `\`${feed}\``)],
    [
      ['seed', ...soaks.map(({ seed }) => String(seed))],
      ['transactions', ...soaks.map(({ transactions }) => count(transactions))],
      ['reads judged', ...soaks.map(({ reads }) => count(reads))],
      ['held values compared', ...soaks.map(({ compared }) => count(compared))],
      ['faults', ...soaks.map(({ faults }) => count(faults.reduce((sum, { times }) => sum + times, 0)))],
      ['stale reads', ...soaks.map(({ staleReads }) => `**${count(staleReads)}**`)],
    ],
  )
}

function renderFaults(soaks: readonly SoakResult[]): string {
  const names = [...new Set(soaks.flatMap(({ faults }) => faults.map(({ name }) => name)))].sort()
  const cell = (fault: FaultResult | undefined): string => {
    if (fault === undefined) return '-'
    const causes = Object.keys(fault.gaps).sort()
    const what = causes.length === 0 ? 'nothing missed' : causes.map((cause) => `gap \`${cause}\``).join(', ')
    return `${what}; back after ${count(fault.recovery.median)} ms`
  }
  return table(
    ['what happened', ...soaks.map(({ feed }) => `\`${feed}\``)],
    names.map((name) =>
      [name].concat(soaks.map(({ faults }) => cell(faults.find((fault) => fault.name === name)))),
    ),
  )
}

const CLIENTS = [1, 4, 16, 64]

function renderBenchmarks(feeds: readonly FeedName[], benchmarks: readonly Document[]): string {
  const rowsOf = (benchmark: string) =>
    benchmarks.find((document) => document.benchmark === benchmark)?.rows ?? []
  const write = rowsOf('write')
  const latency = rowsOf('latency')
  const rows: (readonly string[])[] = []
  for (const disk of ['fsync on', 'fsync off']) {
    for (const clients of CLIENTS) {
      const group = `UPDATE, ${clients} ${clients === 1 ? 'client' : 'clients'}`
      const cells = feeds.map((feed) => {
        const row = write.find((row) => row.table === disk && row.group === group && row.name === feed)
        return row === undefined ? '-' : row.ratio.toFixed(2)
      })
      rows.push([`writes, ${clients} at once, ${disk}¹`, ...cells])
    }
  }
  for (const rate of [100, 2000]) {
    for (const quantile of ['p50', 'p99']) {
      const cells = feeds.map((feed) => {
        const row = latency.find(
          (row) => row.table === quantile && row.group === `${rate} commits/s` && row.name === feed,
        )
        return row === undefined ? '-' : `${row.value.toPrecision(2)} ms`
      })
      rows.push([`commit to evicted, ${count(rate)} a second, ${quantile}`, ...cells])
    }
  }
  const sustained = feeds.map((feed) => {
    const row = rowsOf('sustain').find(({ name }) => name === feed)
    return row === undefined ? '-' : count(Math.round(row.value))
  })
  rows.push(['changes a second, all the way', ...sustained])
  const measured = rows.filter(([, ...cells]) => cells.some((cell) => cell !== '-'))
  if (measured.length === 0) return ''
  return `${table(['', ...feeds.map((feed) => `\`${feed}\``)], measured)}\n\n¹ Against the same writes without any trigger: 1 is no cost.`
}
