import type { Pick } from './pick.ts'
import { COLUMNS, KEYS, randomRow, randomValue, TABLES } from './random-schema.ts'

/** Which rows a transaction may touch: those whose id leaves this rest by two, or all. */
export type Share = 0 | 1 | undefined

/** Statements of one transaction. One that a constraint would refuse does nothing instead. */
export function randomChanges(pick: Pick, share?: Share): readonly string[] {
  const count = Number(pick.weighted({ 1: 70, 2: 20, 3: 10 }))
  return Array.from({ length: count }, () => randomStatement(pick, share))
}

function randomStatement(pick: Pick, share: Share): string {
  const table = pick.of(TABLES)
  const id = share === undefined ? pick.below(12) + 1 : (pick.below(6) + 1) * 2 - share
  const kind = pick.weighted({ insert: 22, update: 58, delete: 16, many: share === undefined ? 4 : 0, truncate: share === undefined ? 0.4 : 0 }) // prettier-ignore
  switch (kind) {
    case 'insert':
      return `INSERT INTO ${table} VALUES (${id}, ${randomRow(pick).join(', ')}) ON CONFLICT DO NOTHING`
    case 'update':
      return `UPDATE ${table} SET ${assignments(pick)} WHERE id = ${id}`
    case 'many':
      return `UPDATE ${table} SET ${assignments(pick)} WHERE ${pick.of(['a', 'b', 'k'])} = ${pick.below(KEYS) + 1}`
    case 'delete':
      return `DELETE FROM ${table} WHERE id = ${id}`
    case 'truncate':
      return `TRUNCATE ${table}`
  }
}

function assignments(pick: Pick): string {
  const count = Number(pick.weighted({ 1: 75, 2: 25 }))
  const columns = new Map(
    Array.from({ length: count }, () => {
      const { name, type } = pick.of(COLUMNS.filter((column) => column.name !== 'id'))
      const key = name === 'a' || name === 'b' || name === 'k'
      const value = key
        ? pick.chance(0.06)
          ? 'NULL'
          : String(pick.below(KEYS) + 1)
        : randomValue(pick, type)
      return [name, value] as const
    }),
  )
  return [...columns].map(([name, value]) => `${name} = ${value}`).join(', ')
}
