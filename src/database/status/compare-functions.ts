import { SCHEMA } from '../../emit/installed.ts'
import { renderStep } from '../../emit/render-step.ts'
import { identifier, literal, rawSql, sql } from '../../sql/fragment.ts'
import type { Drift, DriftKind } from './finding.ts'
import type { Expected, ExpectedFunction } from './expected.ts'
import type { Actual, ActualFunction } from './read-actual.ts'

/** Compares the functions of the schema. */
export function compareFunctions(expected: Expected, actual: Actual, ruleset: string): readonly Drift[] {
  const found = new Map(actual.functions.map((each) => [each.name, each]))
  const wanted = new Set(expected.functions.map(({ name }) => name))
  const own = `stalemate, ruleset ${ruleset}: `
  const orphans = actual.functions.filter(
    ({ name, comment, is_trigger }) => is_trigger && !wanted.has(name) && comment?.startsWith(own),
  )
  return [
    ...expected.functions.flatMap((one) => compareFunction(one, found.get(one.name), actual)),
    ...orphans.map((one) => orphan(one)),
  ]
}

function compareFunction(
  expected: ExpectedFunction,
  actual: ActualFunction | undefined,
  { schema }: Actual,
): readonly Drift[] {
  const object = `function ${SCHEMA}.${expected.name}`
  if (actual === undefined) {
    const message = 'It is missing.'
    return [{ kind: 'function-missing', object, message, repair: [define(expected)] }]
  }
  const drifts: Drift[] = []
  const differ = (kind: DriftKind, isDifferent: boolean, message: string): void => {
    if (isDifferent) drifts.push({ kind, object, message, repair: [define(expected)] })
  }
  differ('body', actual.body !== expected.body, 'Its body is not what was compiled.')
  differ(
    'definition',
    actual.language !== expected.language || !actual.plain,
    'Its language, volatility or strictness is not what was compiled.',
  )
  differ(
    'security',
    actual.definer !== expected.definer,
    expected.definer
      ? 'It runs with the rights of the writer, who has none here: SECURITY DEFINER is missing.'
      : 'It is SECURITY DEFINER, and should not be.',
  )
  const settings = [...actual.settings].sort().join('; ')
  const wanted = [...expected.settings].sort().join('; ')
  differ(
    'settings',
    settings !== wanted,
    `It should be set ${wanted || 'nothing'}, and is set ${settings || 'nothing'}.`,
  )
  differ(
    'comment',
    expected.comment !== undefined && actual.comment !== expected.comment,
    'Its comment is not what was compiled.',
  )
  const callee = sql`${identifier(SCHEMA, actual.name)}(${rawSql(actual.args)})`
  if (schema !== undefined && actual.owner !== schema.owner) {
    const repair = [sql`ALTER FUNCTION ${callee} OWNER TO ${identifier(schema.owner)};`.toString()]
    const message = `It belongs to ${actual.owner}, and the schema to ${schema.owner}.`
    drifts.push({ kind: 'owner', object, message, repair })
  }
  // Readers are granted the shared ones; nobody but a trigger calls the others.
  const callers = actual.callers.filter((role) => role === 'PUBLIC' || actual.is_trigger)
  if (callers.length > 0) {
    const repair = callers.map((role) =>
      sql`REVOKE ALL ON FUNCTION ${callee} FROM ${role === 'PUBLIC' ? sql`PUBLIC` : identifier(role)};`.toString(),
    )
    drifts.push({ kind: 'rights', object, message: `${callers.join(', ')} may call it.`, repair })
  }
  return drifts
}

/** Makes the function anew, without a lock on a table; a shared object is made with what belongs to it. */
function define({ object }: ExpectedFunction): string {
  return object.kind === 'shared' ? object.create : renderStep({ kind: 'replace', object }).toString()
}

function orphan({ name, args, comment }: ActualFunction): Drift {
  const callee = sql`${identifier(SCHEMA, name)}(${rawSql(args)})`
  return {
    kind: 'orphan',
    object: `function ${SCHEMA}.${name}`,
    message: `The rules do not have it: ${literal(comment ?? '').toString()}.`,
    // With its triggers: they would be orphans too.
    repair: [sql`DROP FUNCTION IF EXISTS ${callee} CASCADE;`.toString()],
  }
}
