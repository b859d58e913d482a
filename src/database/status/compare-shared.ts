import { SCHEMA } from '../../emit/installed.ts'
import { identifier, sql } from '../../sql/fragment.ts'
import type { Drift } from './finding.ts'
import type { Expected, ExpectedShared } from './expected.ts'
import type { Actual, ActualOwner, ActualShared } from './read-actual.ts'

/** Compares what all rulesets share, and the rights of the roles that the triggers run as. */
export function compareShared(expected: Expected, actual: Actual): readonly Drift[] {
  const { schema, shared, owners } = actual
  if (schema === undefined) {
    const repair = missingSchema(expected)
    return [{ kind: 'schema-missing', object: `schema ${SCHEMA}`, message: 'It is missing.', repair }]
  }
  const found = new Map(shared.map((each) => [`${each.kind} ${each.name}`, each]))
  return [
    ...schema.creators.map((role): Drift => ({
      kind: 'rights',
      object: `schema ${SCHEMA}`,
      message: `${role} may create objects in it.`,
      repair: [sql`REVOKE CREATE ON SCHEMA ${identifier(SCHEMA)} FROM ${roleSql(role)};`.toString()],
    })),
    ...expected.shared.flatMap((one) => compareOne(one, found.get(`${one.kind} ${one.name}`), actual)),
    ...owners.flatMap((owner) => compareOwner(owner, schema.owner)),
  ]
}

/** Makes everything that is shared, the schema first. */
function missingSchema({ functions, shared }: Expected): readonly string[] {
  const creates = [...functions, ...shared].flatMap(({ object }) =>
    object.kind === 'shared' ? [object.create] : [],
  )
  return [...new Set([sql`CREATE SCHEMA IF NOT EXISTS ${identifier(SCHEMA)};`.toString(), ...creates])]
}

function compareOne(
  expected: ExpectedShared,
  actual: ActualShared | undefined,
  { schema, owners }: Actual,
): readonly Drift[] {
  const { kind, name, object: shared } = expected
  const object = kind === 'publication' ? `publication ${name}` : `${kind} ${SCHEMA}.${name}`
  if (actual === undefined)
    return [{ kind: 'shared-missing', object, message: 'It is missing.', repair: [shared.create] }]
  if (kind === 'index' || kind === 'publication') return []
  const drifts: Drift[] = []
  const own = identifier(SCHEMA, name)
  const word = kind === 'table' ? sql`TABLE` : sql`SEQUENCE`
  if (actual.owner !== schema?.owner) {
    const message = `It belongs to ${actual.owner}, and the schema to ${schema?.owner}.`
    const repair =
      schema === undefined ? [] : [sql`ALTER ${word} ${own} OWNER TO ${identifier(schema.owner)};`.toString()]
    drifts.push({ kind: 'owner', object, message, repair })
  }
  if (actual.unlogged !== expected.unlogged) {
    const message = expected.unlogged
      ? 'It is logged: a crash would leave what readers must not believe.'
      : 'It is unlogged: a crash empties it.'
    const change = expected.unlogged ? sql`UNLOGGED` : sql`LOGGED`
    drifts.push({
      kind: 'persistence',
      object,
      message,
      repair: [sql`ALTER ${word} ${own} SET ${change};`.toString()],
    })
  }
  if (actual.is_public) {
    const repair = [sql`REVOKE ALL ON ${word} ${own} FROM PUBLIC;`.toString()]
    drifts.push({ kind: 'rights', object, message: 'Everybody has rights to it.', repair })
  }
  const subject = owners.filter(
    (role) =>
      !role.is_above &&
      (actual.row_security === 'forced' || (actual.row_security === 'on' && role.name !== actual.owner)),
  )
  if (subject.length > 0) {
    const message = `Row security applies to ${subject.map((role) => role.name).join(', ')}, as which the triggers write: messages would vanish without an error.`
    const off = sql`ALTER TABLE ${own} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;`
    drifts.push({ kind: 'row-security', object, message, repair: [off.toString()] })
  }
  return drifts
}

function compareOwner(
  { name, is_above: isAbove, sees_schema: seesSchema, lacks }: ActualOwner,
  owner: string,
): readonly Drift[] {
  if (isAbove || name !== owner) return []
  const object = `role ${name}`
  const usage = sql`GRANT ALL ON SCHEMA ${identifier(SCHEMA)} TO ${identifier(name)};`.toString()
  const missing = seesSchema ? [] : [`schema ${SCHEMA}`]
  const wanted = [...missing, ...lacks]
  if (wanted.length === 0) return []
  const grants = lacks.map((each) =>
    each.startsWith('outbox_') && !each.startsWith('outbox_v')
      ? sql`GRANT ALL ON TABLE ${identifier(SCHEMA, each)} TO ${identifier(name)};`.toString()
      : sql`GRANT EXECUTE ON FUNCTION ${identifier(SCHEMA, each)} TO ${identifier(name)};`.toString(),
  )
  const message = `The triggers run as it, and it may not use ${wanted.join(', ')}: every write to a watched table would fail.`
  return [{ kind: 'rights', object, message, repair: [...(seesSchema ? [] : [usage]), ...grants] }]
}

function roleSql(role: string) {
  return role === 'PUBLIC' ? sql`PUBLIC` : identifier(role)
}
