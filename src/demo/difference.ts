/** How a value differs from the one before, shortly: `calls 212 → 213, plan 'team' → 'basic'`. */
export function describeDifference(before: string, after: string): string {
  if (before === after) return 'the same value'
  const changes: string[] = []
  compare('', JSON.parse(before), JSON.parse(after), changes)
  return changes.join(', ')
}

function compare(path: string, before: unknown, after: unknown, changes: string[]): void {
  if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(path === '' ? name : `${path}.${name}`, before[name], after[name], changes)
    }
    return
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return
  if (Array.isArray(before) || Array.isArray(after)) {
    changes.push(`${path} ${describeItems(before, after)}`)
    return
  }
  const change = `${describe(before)} → ${describe(after)}`
  changes.push(path === '' ? change : `${path} ${change}`)
}

function describeItems(before: unknown, after: unknown): string {
  const [old, young] = [before ?? [], after ?? []] as [readonly unknown[], readonly unknown[]]
  if (old.length !== young.length) return `${old.length} → ${young.length}`
  const place = old.findIndex((item, index) => JSON.stringify(item) !== JSON.stringify(young[index]))
  return `${describe(old[place])} → ${describe(young[place])}`
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return value.map(describe).join(' ')
  if (isObject(value)) return 'name' in value ? describe(value['name']) : 'something'
  return typeof value === 'string' ? value : String(value as number | boolean)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
