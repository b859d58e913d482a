import type { KeyTemplate } from '../key/template.ts'

/** Finds templates that another one may have a key in common with, without comparing it to all. */
export type TemplateIndex<T> = {
  readonly add: (template: KeyTemplate, item: T) => void
  /** In the order in which they were added. */
  readonly candidates: (template: KeyTemplate) => readonly T[]
}

type Entry<T> = { readonly item: T; readonly order: number }
type Branch<T> = { readonly entries: Entry<T>[]; readonly branches: Map<string, Branch<T>> }

/** Templates have no key in common unless the fixed beginning of one is the beginning of the other's. */
export function createTemplateIndex<T>(): TemplateIndex<T> {
  const root: Branch<T> = { entries: [], branches: new Map() }
  let count = 0
  return {
    add: (template, item) => {
      let branch = root
      for (const word of headOf(template)) {
        const next: Branch<T> = branch.branches.get(word) ?? { entries: [], branches: new Map() }
        branch.branches.set(word, next)
        branch = next
      }
      branch.entries.push({ item, order: (count += 1) })
    },
    candidates: (template) => {
      const found: Entry<T>[] = [...root.entries]
      let branch: Branch<T> | undefined = root
      for (const word of headOf(template)) {
        branch = branch.branches.get(word)
        if (branch === undefined) break
        found.push(...branch.entries)
      }
      const below = branch === undefined ? [] : [...branch.branches.values()]
      for (let next = below.pop(); next !== undefined; next = below.pop()) {
        for (const entry of next.entries) found.push(entry)
        below.push(...next.branches.values())
      }
      return found.sort((a, b) => a.order - b.order).map(({ item }) => item)
    },
  }
}

/** The words and separators that every key begins with. A word that a value may lengthen is not fixed. */
function headOf({ segments }: KeyTemplate): readonly string[] {
  const [first, second] = segments
  if (first?.kind !== 'literal') return []
  const fixed = second === undefined ? first.text : first.text.replace(/[A-Za-z0-9]+$/, '')
  return fixed.split(/([^A-Za-z0-9])/).filter((word) => word !== '')
}
