import type { SqlParser } from '../../sql/load-parser.ts'
import { isFields, type SqlFields, type SqlNode, toNames, toNode, toNodes } from '../../sql/tree.ts'

/** What a function's definition says besides its name and body. */
export type FunctionTraits = {
  readonly language: string
  /** SECURITY DEFINER. */
  readonly definer: boolean
  /** As `pg_proc.proconfig` has them: `search_path=pg_catalog, pg_temp`. */
  readonly settings: readonly string[]
}

/** What a trigger's definition says besides its name, table and function. */
export type TriggerTraits = {
  /** The bits of `pg_trigger.tgtype`. */
  readonly type: number
  /** Names of the transition tables. */
  readonly oldTable: string | null
  readonly newTable: string | null
}

type Named = { readonly name: string }
export type Definitions = {
  readonly functions: readonly (Named & FunctionTraits & { body: string; comment: string | undefined })[]
  readonly triggers: readonly TriggerTraits[]
  readonly relations: readonly (Named & {
    kind: 'table' | 'index' | 'sequence' | 'publication'
    unlogged: boolean
  })[]
}

const ROW = 1

/** What SQL that was generated defines, read with PostgreSQL's grammar. */
export function readDefinitions(parser: SqlParser, sql: string): Definitions {
  const nodes = statementsOf(parser.parseSync(sql))
  const comments = new Map(
    nodes.filter(({ type }) => type === 'CommentStmt').map(({ fields }) => [commented(fields), fields]),
  )
  const of = (type: string): readonly SqlFields[] =>
    nodes.filter((node) => node.type === type).map(({ fields }) => fields)
  return {
    functions: of('CreateFunctionStmt').map((fields) => {
      const name = toNames(fields['funcname']).at(-1) ?? ''
      return readFunction(name, fields, text(comments.get(`OBJECT_FUNCTION ${name}`)?.['comment']))
    }),
    triggers: of('CreateTrigStmt').map(readTrigger),
    relations: [
      ...of('CreateStmt').map((fields) => relation('table', fields['relation'])),
      ...of('CreateSeqStmt').map((fields) => relation('sequence', fields['sequence'])),
      ...of('IndexStmt').map((fields) => ({
        kind: 'index' as const,
        name: text(fields['idxname']) ?? '',
        unlogged: false,
      })),
      // It is made in a block that looks whether it is there.
      ...[...comments].flatMap(([object]) =>
        object.startsWith('OBJECT_PUBLICATION ')
          ? [
              {
                kind: 'publication' as const,
                name: object.slice('OBJECT_PUBLICATION '.length),
                unlogged: false,
              },
            ]
          : [],
      ),
    ],
  }
}

function statementsOf(tree: unknown): readonly SqlNode[] {
  const statements: unknown = isFields(tree) ? tree['stmts'] : undefined
  if (!Array.isArray(statements)) return []
  return statements.flatMap((statement: unknown) =>
    isFields(statement) ? (toNode(statement['stmt']) ?? []) : [],
  )
}

/** What a comment is about: `OBJECT_FUNCTION emit_v1`. */
function commented({ objtype, object }: SqlFields): string {
  const node = toNode(object)
  const names = node?.fields['objname'] ?? node?.fields['items']
  return `${text(objtype)} ${toNames(names).at(-1) ?? text(node?.fields['sval'])}`
}

function readFunction(
  name: string,
  { options }: SqlFields,
  comment: string | undefined,
): Definitions['functions'][number] {
  const elements = toNodes(options).map(({ fields }) => fields)
  const find = (option: string): SqlNode | undefined =>
    toNode(elements.find(({ defname }) => defname === option)?.['arg'])
  return {
    name,
    comment,
    language: text(find('language')?.fields['sval']) ?? '',
    definer: find('security')?.fields['boolval'] === true,
    settings: elements
      .filter(({ defname }) => defname === 'set')
      .map(({ arg }) => {
        const { name: setting, args } = toNode(arg)?.fields ?? {}
        return `${text(setting)}=${toNodes(args)
          .map(({ fields }) => constant(fields))
          .join(', ')}`
      }),
    body: toNames(find('as')?.fields['items'])[0] ?? '',
  }
}

/** A constant as a setting has it. */
function constant(fields: SqlFields): string {
  const value = Object.values(fields).find(isFields)
  return String(Object.values(value ?? {})[0])
}

function readTrigger(fields: SqlFields): TriggerTraits {
  const tables = toNodes(fields['transitionRels']).map(({ fields: table }) => table)
  const find = (isNew: boolean): string | null =>
    text(tables.find((table) => (table['isNew'] === true) === isNew)?.['name']) ?? null
  const bits = [fields['events'], fields['timing'], fields['row'] === true ? ROW : 0].map(Number)
  return {
    type: bits.reduce((sum, bit) => sum | (bit || 0), 0),
    oldTable: find(false),
    newTable: find(true),
  }
}

function relation(kind: 'table' | 'sequence', value: unknown): Definitions['relations'][number] {
  const fields = isFields(value) ? value : {}
  return { kind, name: text(fields['relname']) ?? '', unlogged: fields['relpersistence'] === 'u' }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
