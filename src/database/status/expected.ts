import { type InstalledObject, type SharedObject, type TriggerObject } from '../../plan/installed.ts'
import { identifier } from '../../sql/fragment.ts'
import { loadParser, type SqlParser } from '../../sql/load-parser.ts'
import { readDefinitions, type FunctionTraits, type TriggerTraits } from './definitions.ts'

export type ExpectedFunction = FunctionTraits & {
  readonly name: string
  readonly body: string
  readonly comment: string | undefined
  readonly object: InstalledObject
}

export type ExpectedTrigger = TriggerTraits & { readonly object: TriggerObject }

/** A table, index, sequence or publication. */
export type ExpectedShared = {
  readonly kind: 'table' | 'index' | 'sequence' | 'publication'
  readonly name: string
  readonly unlogged: boolean
  readonly object: SharedObject
}

/** What the migrations make, taken apart. */
export type Expected = {
  readonly functions: readonly ExpectedFunction[]
  readonly triggers: readonly ExpectedTrigger[]
  readonly shared: readonly ExpectedShared[]
}

/** Reads the SQL of objects with PostgreSQL's grammar: what stands in their definitions, not how it is written. */
export async function readExpected(objects: readonly InstalledObject[]): Promise<Expected> {
  const parser = await loadParser()
  const heads = new Map<string, FunctionTraits>()
  const events = new Map<string, TriggerTraits>()
  const triggerObjects = objects.filter((object) => object.kind === 'trigger')
  const shared = objects.filter((object) => object.kind === 'shared')
  const parsed = shared.map((object) => ({ object, found: readDefinitions(parser, object.create) }))
  return {
    functions: [
      ...parsed.flatMap(({ object, found }) => found.functions.map((each) => ({ ...each, object }))),
      ...triggerObjects.map((object) => ({
        ...remember(heads, object.head, () => readHead(parser, object.head)),
        name: object.function,
        body: object.body,
        comment: object.comment,
        object,
      })),
    ],
    triggers: triggerObjects.map((object) => {
      // The same for all tables: only few texts are parsed.
      const event = object.event.replace(identifier(object.schema, object.table).toString(), 'x')
      const { type, oldTable, newTable } = remember(events, event, () => readEvent(parser, event))
      return { type, oldTable, newTable, object }
    }),
    shared: parsed.flatMap(({ object, found }) => found.relations.map((each) => ({ ...each, object }))),
  }
}

function remember<T>(known: Map<string, T>, key: string, make: () => T): T {
  const value = known.get(key) ?? make()
  known.set(key, value)
  return value
}

function readHead(parser: SqlParser, head: string): FunctionTraits {
  const [found] = readDefinitions(parser, `CREATE FUNCTION f() ${head} AS ''`).functions
  if (found === undefined) throw new Error(`no function: ${head}`)
  const { language, definer, settings } = found
  return { language, definer, settings }
}

function readEvent(parser: SqlParser, event: string): TriggerTraits {
  const statement = `CREATE TRIGGER t ${event} FOR EACH STATEMENT EXECUTE FUNCTION f()`
  const [found] = readDefinitions(parser, statement).triggers
  if (found === undefined) throw new Error(`no trigger: ${event}`)
  return found
}
