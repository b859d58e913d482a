import type { Group } from './case.ts'
import { ddl } from './ddl.ts'
import { references } from './references.ts'
import { writers } from './writers.ts'
import { sessions } from './sessions.ts'
import { statements } from './statements.ts'
import { inheriting, loose, partitions } from './tables.ts'
import { names, values } from './values.ts'

/** Everything that the page tells of, in its order. */
export const GROUPS: readonly Group[] = [
  ...statements,
  ...references,
  ...names,
  ...values,
  ...loose,
  ...partitions,
  ...inheriting,
  ...writers,
  ...sessions,
  ...ddl,
]
