import type { KeyTemplate } from '../key/template.ts'

/** Finds templates that another one may have a key in common with, without comparing it to all. */
export type TemplateIndex<T> = {
  readonly add: (template: KeyTemplate, item: T) => void
  /** In the order in which they were added. */
  readonly candidates: (template: KeyTemplate) => readonly T[]
}

/** Templates that begin with different words have no key in common. */
export function createTemplateIndex<T>(): TemplateIndex<T> {
  const groups = new Map<string, { item: T; order: number }[]>()
  const all: { item: T; order: number }[] = []
  return {
    add: (template, item) => {
      const head = headOf(template) ?? ''
      const entry = { item, order: all.length }
      const group = groups.get(head)
      if (group === undefined) groups.set(head, [entry])
      else group.push(entry)
      all.push(entry)
    },
    candidates: (template) => {
      const head = headOf(template)
      if (head === undefined) return all.map(({ item }) => item)
      const found = [...(groups.get(head) ?? []), ...(groups.get('') ?? [])]
      return found.sort((a, b) => a.order - b.order).map(({ item }) => item)
    },
  }
}

/** The first word, where it is fixed; `undefined` for a template that begins with a placeholder. */
function headOf(template: KeyTemplate): string | undefined {
  const first = template.segments[0]
  return first?.kind === 'literal' ? /^(?:[A-Za-z0-9]+|.)/.exec(first.text)?.[0] : undefined
}
