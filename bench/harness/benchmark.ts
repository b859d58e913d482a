import type { Machine } from './machine.ts'

/** The name of the row that the others of its group are compared with. */
export const BASELINE = 'baseline'

/** What was measured of one variant. */
export type Row = {
  readonly name: string
  /** Title of the table in which it is shown. */
  readonly table?: string
  /** Rows are compared within their table and group; one without a group stands in the only one. */
  readonly group?: string
  /** Median of the rounds. */
  readonly value: number
  readonly unit: string
  /** `value` divided by that of the row named `baseline` in the same table and group. */
  readonly ratio: number
  readonly min: number
  readonly max: number
  /** Further columns of the table by their headings. */
  readonly details?: Readonly<Record<string, string | number>>
}

/** A variant that could not be measured. */
export type Absence = { readonly name: string; readonly reason: string }

/** A figure that is to be reached. */
export type Target = {
  readonly what: string
  readonly bound: 'at least' | 'at most'
  readonly wanted: number
  readonly measured: number
  readonly unit: string
  readonly met: boolean
}

/** The result of one benchmark. */
export type Report = {
  readonly rows: readonly Row[]
  readonly absent: readonly Absence[]
  readonly targets: readonly Target[]
  /** Sentences about how it was measured, and what to keep in mind when reading it. */
  readonly notes: readonly string[]
  /** PostgreSQL's version, where one took part. */
  readonly postgresql?: string
}

/** What a benchmark runs with. */
export type Context = {
  /** Fewer rounds and variants: to see that it works, not to compare. */
  readonly quick: boolean
  /** Aborted when the run is to end early; whoever holds a resource lets go of it. */
  readonly signal: AbortSignal
  /** Says on the terminal what is being done now. */
  readonly progress: (text: string) => void
}

export type Benchmark = {
  readonly name: string
  /** One line for the list of benchmarks. */
  readonly summary: string
  readonly run: (context: Context) => Promise<Report>
}

/** A report as it is written to disk and printed by `--json`. */
export type Document = {
  readonly benchmark: string
  readonly quick: boolean
  readonly machine: Machine
} & Omit<Report, 'postgresql'>
