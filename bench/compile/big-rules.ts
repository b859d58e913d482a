/** How large a ruleset is to be. */
export type BigRulesSize = { readonly tables: number; readonly caches: number; readonly rules: number }

/** Rules in one file, so that no file is larger than a rule file may be. */
const RULES_A_FILE = 1000

/**
 * Texts of a valid ruleset of some size, with each part of the language in it: names and patterns, column lists,
 * conditions of which some are the same, joins of one and two tables, and reloading.
 */
export function makeBigRules({ tables, caches, rules }: BigRulesSize): Record<string, string> {
  const files: Record<string, string> = {}
  const cacheLines = Array.from({ length: caches }, (_, index) => [
    `  cache_${index}:`,
    `    key: c${index}:{user_id}:{part}`,
    '    params: { user_id: uuid, part: int }',
    `    ttl: ${1 + (index % 60)}m`,
  ])
  files['a.yaml'] = ['version: 1', 'name: big', 'caches:', ...cacheLines.flat(), ''].join('\n')
  const ofTable = Array.from({ length: tables }, (): string[] => [])
  for (let index = 0; index < rules; index += 1)
    ofTable[index % tables]?.push(...makeRule(index, tables, caches))
  const each = Math.max(1, Math.floor((RULES_A_FILE * tables) / rules))
  for (let first = 0; first < tables; first += each) {
    const text = ofTable
      .slice(first, first + each)
      .flatMap((lines, index) => [`  table_${first + index}:`, lines])
    files[`b${String(first).padStart(6, '0')}.yaml`] = ['tables:', ...text.flat(), ''].join('\n')
  }
  return files
}

function makeRule(index: number, tables: number, caches: number): readonly string[] {
  const table = `table_${index % tables}`
  const cache = (index * 7) % caches
  const other = `other_${index % 50}`
  // Each table has a rule of each kind.
  switch ((index + Math.floor(index / tables)) % 5) {
    case 0:
      return [`    - invalidate: cache_${cache}`, `      columns: [status, part_${index}, user_id]`]
    case 1:
      return [
        `    - invalidate: c${cache}:{user_id}:*`,
        `      when: status = 'completed' AND amount > ${index % 100}`,
      ]
    case 2:
      return [`    - refresh: cache_${cache}`, '      on: [insert, update]', '      priority: high']
    case 3:
      return [
        `    - invalidate: cache_${cache}`,
        `      via: ${other} ON ${other}.id = ${table}.other_id`,
        `      with: { user_id: ${other}.user_id }`,
      ]
    default:
      return [
        `    - invalidate: cache_${cache}`,
        '      with: { user_id: owner_id, part: piece }',
        `      when: kind IN ('a', 'b', 'c') AND ${table}.owner_id IS NOT NULL`,
      ]
  }
}
