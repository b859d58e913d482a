import type { Catalog } from '../catalog/catalog.ts'
import type { Report } from '../rules/report.ts'
import type { ReadUses } from '../sql/condition-uses.ts'
import type { ParseJoin } from '../sql/parse-join.ts'

/** What all checks against a catalog are given. */
export type CheckContext = {
  readonly catalog: Catalog
  readonly report: Report
  /** `undefined` when no rule has a condition. */
  readonly readUses: ReadUses | undefined
  /** `undefined` when no rule has a path. */
  readonly parseJoin: ParseJoin | undefined
}
