import { loadParser } from './load-parser.ts'
import { fromBytes } from './offsets.ts'
import { isFields, locationOf, toNode } from './tree.ts'

/** A table or view that a query reads, at a UTF-16 offset in its text; `schema` where the text names one. */
export type RelationUse = {
  readonly schema: string | undefined
  readonly name: string
  readonly at: number
  readonly length: number
}

const NAME = /(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)(?:\.(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*))*/uy

/**
 * Loads PostgreSQL's grammar and gives the function that lists what a query reads. What goes by the name of one of its own
 * WITH queries is left out; a text that is no query reads nothing.
 */
export async function createRelationsReader(): Promise<(text: string) => readonly RelationUse[]> {
  const parser = await loadParser()
  return (text) => {
    const own = new Set<unknown>()
    const relations: RelationUse[] = []
    const visit = (value: unknown): void => {
      if (Array.isArray(value)) for (const item of value) visit(item)
      if (!isFields(value)) return
      const node = toNode(value)
      if (node?.type === 'CommonTableExpr') own.add(node.fields['ctename'])
      if (node?.type === 'RangeVar') {
        const { schemaname: schema, relname: name } = node.fields
        const at = fromBytes(text, locationOf(node) ?? 0)
        NAME.lastIndex = at
        const length = NAME.exec(text)?.[0].length ?? 1
        if (typeof name === 'string')
          relations.push({ schema: typeof schema === 'string' ? schema : undefined, name, at, length })
      }
      for (const child of Object.values(value)) visit(child)
    }
    try {
      visit(parser.parseSync(text))
    } catch {
      // What is wrong with the text is said where it is read.
      return []
    }
    return relations.filter(({ schema, name }) => schema !== undefined || !own.has(name))
  }
}
