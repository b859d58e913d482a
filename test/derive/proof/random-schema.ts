import type { Pick } from './pick.ts'

export type ValueType = 'int' | 'text' | 'boolean'
export type RandomColumn = { readonly name: string; readonly type: ValueType }

/** Names of the tables; all have the same columns, so that names alone tell nothing. */
export const TABLES = ['t1', 't2', 't3', 't4'] as const
export const COLUMNS: readonly RandomColumn[] = [
  { name: 'id', type: 'int' },
  { name: 'a', type: 'int' },
  { name: 'b', type: 'int' },
  { name: 'k', type: 'int' },
  { name: 'v', type: 'int' },
  { name: 's', type: 'text' },
  { name: 'f', type: 'boolean' },
]
/** Keys are drawn from 1 to this number. */
export const KEYS = 6
export const TEXTS = ['x', 'y', 'z'] as const
const ROWS = 8

/** SQL that makes tables with random types and constraints, a view over two of them, and rows. */
export function randomSchema(pick: Pick): string {
  const nullable = (share: number): string => (pick.chance(share) ? '' : ' NOT NULL')
  const tables = TABLES.map((name) => {
    const keys = ['a', 'b', 'k'].map((column) => `${column} ${pick.of(['int', 'bigint'])}${nullable(0.5)}`)
    return `CREATE TABLE ${name} (id int PRIMARY KEY, ${keys.join(', ')}, v int${nullable(0.5)}, s ${pick.of(['text', 'varchar(9)'])}${nullable(0.6)}, f boolean${nullable(0.7)});`
  })
  const rows = TABLES.flatMap(
    (name) =>
    Array.from({ length: ROWS }, (_, index) => `INSERT INTO ${name} VALUES (${index + 1}, ${randomRow(pick).join(', ')}) ON CONFLICT DO NOTHING;`), // prettier-ignore
  )
  const outer = pick.of(['JOIN', 'LEFT JOIN'])
  return [
    ...tables,
    `CREATE VIEW w1 AS SELECT p.*, q.v AS w FROM t1 p ${outer} t2 q ON q.id = p.b AND q.v > 2 WHERE p.v IS DISTINCT FROM 3;`,
    `CREATE VIEW w2 AS SELECT w1.id, w1.a, w1.b, w1.k, w1.v, w1.s, w1.f FROM w1 WHERE EXISTS (SELECT FROM t3 WHERE t3.a = w1.k);`,
    ...rows,
  ].join('\n')
}

/** Values of all columns but `id`; a NULL where the column does not take one is refused by the table. */
export function randomRow(pick: Pick): readonly string[] {
  const key = (): string => (pick.chance(0.06) ? 'NULL' : String(pick.below(KEYS) + 1))
  return [
    key(),
    key(),
    key(),
    randomValue(pick, 'int'),
    randomValue(pick, 'text'),
    randomValue(pick, 'boolean'),
  ]
}

export function randomValue(pick: Pick, type: ValueType): string {
  if (pick.chance(0.06)) return 'NULL'
  switch (type) {
    case 'int':
      return String(pick.below(40))
    case 'text':
      return `'${pick.of(TEXTS)}'`
    case 'boolean':
      return String(pick.chance(0.5))
  }
}
