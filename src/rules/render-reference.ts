import { stringify } from 'yaml'
import { rulesSchema } from './schema.ts'

/** What the reference uses of a JSON schema. */
type Schema = {
  readonly title?: string
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly default?: unknown
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
}

const INTRODUCTION = `# The rule language

Rule files are YAML. All \`*.yaml\` and \`*.yml\` files of the folder \`rules/\` make one ruleset; where in them a
thing stands does not matter. This page is made of the schema that \`stalemate compile\` checks rule files with,
which editors complete and explain from when a file begins with this line:

\`\`\`yaml
# yaml-language-server: $schema=../generated/rules.schema.json
\`\`\`

Names of tables and columns are written as in SQL: \`calls\`, \`sales.calls\`, \`"My Table"\`; a table without a schema is
in \`public\`. Durations are a number and a unit: \`500ms\`, \`30s\`, \`5m\`, \`1h\`, \`1 day\`. SQL is read by PostgreSQL's
own grammar.

How the runtime reloads and warms is described in [warming.md](warming.md).
`

/** \`docs/rules.md\`: every key of the rule language, as the schema and the defaults say. */
export function renderRulesReference(): string {
  const schema: Schema = rulesSchema
  const sections = Object.entries(schema.properties ?? {}).map(([name, property]) =>
    renderKey([name], property, 2, false),
  )
  return [INTRODUCTION, ...sections].join('\n')
}

/** A key and, below it, those of the maps and lists in it. */
function renderKey(path: readonly string[], schema: Schema, level: number, needed: boolean): string {
  const key = path.at(-1) ?? ''
  const own = [
    `${'#'.repeat(level)} \`${path.join('.')}\``,
    schema.description ?? '',
    facts(schema, needed),
    ...(schema.examples ?? []).slice(0, 2).map((example) => `\`\`\`yaml\n${toYaml(key, example)}\`\`\``),
  ]
  return [`${own.join('\n\n')}\n`, ...inner(path, schema, Math.min(level + 1, 4))].join('\n')
}

function inner(path: readonly string[], schema: Schema, level: number): readonly string[] {
  const [kind, each] = eachOf(schema)
  if (each?.properties !== undefined) return inner([...path, kind], each, level)
  return Object.entries(schema.properties ?? {}).map(([name, property]) =>
    renderKey([...path, name], property, level, schema.required?.includes(name) ?? false),
  )
}

/** What stands in a map from names, or in a list; rules are in a list that is in a map. */
function eachOf(schema: Schema): readonly [kind: string, each: Schema | undefined] {
  const { additionalProperties, items } = schema
  if (typeof additionalProperties !== 'object') return ['[]', items]
  const [kind, each] = additionalProperties.items ? eachOf(additionalProperties) : ['', undefined]
  return each === undefined ? ['NAME', additionalProperties] : [`NAME${kind}`, each]
}

function facts(schema: Schema, needed: boolean): string {
  const [, each] = eachOf(schema)
  const inside = each?.properties === undefined ? each?.title : undefined
  const standard =
    schema.default === undefined ? 'none' : `\`${JSON.stringify(schema.default).replaceAll('"', '')}\``
  return [
    `- Type: ${schema.title ?? ''}${inside === undefined ? '' : `; in it, ${inside}`}`,
    needed ? '- Must be there' : `- Default: ${standard}`,
  ].join('\n')
}

function toYaml(key: string, example: unknown): string {
  return stringify({ [key]: example }, { lineWidth: 0 })
}
