import type { Catalog, CatalogRelation } from '../catalog/catalog.ts'
import type { Refusal } from '../catalog/refusals.ts'
import type { Report } from '../rules/report.ts'
import type { ReadUses } from '../sql/condition-uses.ts'
import type { ParseJoin } from '../sql/parse-join.ts'

/** What all checks against a catalog are given. */
export type CheckContext = {
  readonly catalog: Catalog
  readonly report: Report
  /** What speaks against tables, once it is known. */
  readonly refusals: Map<CatalogRelation, readonly Refusal[]>
  /** `undefined` when no rule has a condition. */
  readonly readUses: ReadUses | undefined
  /** `undefined` when no rule has a path. */
  readonly parseJoin: ParseJoin | undefined
}
