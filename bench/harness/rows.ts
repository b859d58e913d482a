import { BASELINE, type Row, type Target } from './benchmark.ts'
import { summarize } from './statistics.ts'

/** The samples of one variant. */
export type Samples = Omit<Row, 'value' | 'unit' | 'ratio' | 'min' | 'max'> & {
  readonly values: readonly number[]
}

/** Rows with their ratios; each table and group needs a variant named `baseline`. */
export function createRows(unit: string, samples: readonly Samples[]): readonly Row[] {
  const measured = samples.map((own) => ({ own, summary: summarize(own.values) }))
  return measured.map(({ own: { name, table, group, details }, summary: { median, min, max } }) => {
    const baseline = measured.find(
      ({ own }) => own.name === BASELINE && own.table === table && own.group === group,
    )
    if (baseline === undefined) throw new Error(`${name} has no row named ${BASELINE} beside it.`)
    const place = { ...(table !== undefined && { table }), ...(group !== undefined && { group }) }
    const figures = { value: round(median), unit, ratio: round(median / baseline.summary.median) }
    const range = { min: round(min), max: round(max) }
    return Object.assign({ name }, place, figures, range, details !== undefined && { details })
  })
}

export function createTarget(
  what: string,
  bound: Target['bound'],
  wanted: number,
  measured: number,
  unit = '',
): Target {
  const met = bound === 'at least' ? measured >= wanted : measured <= wanted
  return { what, bound, wanted, measured: round(measured), unit, met }
}

/** Four significant digits: more would be noise. */
function round(value: number): number {
  return Number(value.toPrecision(4))
}
