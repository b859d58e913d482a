import { identifier } from '../sql/fragment.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { askOne, blame, type Check, type Finding, orFine } from './finding.ts'

/** What a runtime must be able to do with an object of the schema. */
type Right = {
  readonly kind: 'table' | 'sequence' | 'function'
  readonly name: string
  readonly right: string
}

const OUTBOX_TABLES = ['outbox_0', 'outbox_1', 'outbox_2']

function rightsFor({ feed, channel, warming = {} }: Manifest): readonly Right[] {
  const table = (name: string, ...rights: readonly string[]): readonly Right[] =>
    rights.map((right) => ({ kind: 'table', name, right }))
  const learns = Object.values(warming).some(({ params }) => params.kind === 'learned')
  const isScheduled = Object.values(warming).some(({ schedule }) => schedule !== undefined)
  const always = [
    ...table('epochs', 'SELECT'),
    ...(learns ? table('habits', 'SELECT', 'INSERT', 'UPDATE') : []),
    ...(isScheduled ? table('schedules', 'SELECT', 'INSERT', 'UPDATE') : []),
  ]
  if (feed !== 'outbox') return always
  return [
    ...always,
    ...OUTBOX_TABLES.flatMap((name) => table(name, 'SELECT', 'INSERT', 'TRUNCATE')),
    ...table('readers', 'SELECT', 'INSERT', 'UPDATE', 'DELETE'),
    ...['SELECT', 'UPDATE'].map((right): Right => ({ kind: 'sequence', name: channel, right })),
    ...['outbox_v1', 'bell_v1', 'trim_v1'].map((name): Right => ({
      kind: 'function',
      name,
      right: 'EXECUTE',
    })),
  ]
}

/** Objects that are not there are told elsewhere. */
const LACKING = `
SELECT w.kind, w.name, w.right
FROM unnest($1::text[], $2::text[], $3::text[]) AS w (kind, name, "right")
JOIN pg_catalog.pg_namespace n ON n.nspname = 'stalemate'
LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name AND w.kind IN ('table', 'sequence')
LEFT JOIN pg_catalog.pg_proc p ON p.pronamespace = n.oid AND p.proname = w.name AND w.kind = 'function'
WHERE NOT CASE w.kind
  WHEN 'table' THEN pg_catalog.has_table_privilege(c.oid, w.right)
  WHEN 'sequence' THEN pg_catalog.has_sequence_privilege(c.oid, w.right)
  ELSE pg_catalog.has_function_privilege(p.oid, w.right)
END`

const ROLE = `
SELECT current_user AS name,
       coalesce((SELECT pg_catalog.has_schema_privilege(oid, 'USAGE')
                 FROM pg_catalog.pg_namespace WHERE nspname = 'stalemate'), true) AS sees,
       (SELECT rolsuper OR rolreplication FROM pg_catalog.pg_roles WHERE rolname = current_user)
         OR EXISTS (SELECT FROM pg_catalog.pg_roles
                    WHERE rolname = 'rds_replication' AND pg_catalog.pg_has_role(oid, 'MEMBER')) AS replicates`

const HIDDEN = `
SELECT s.name AS table FROM unnest($1::text[], $2::text[], $3::text[]) AS s (name, schema, relation)
JOIN pg_catalog.pg_namespace n ON n.nspname = s.schema
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = s.relation
WHERE pg_catalog.row_security_active(c.oid)`

export const checkRights: Check = async ({ query, manifest }) => {
  const { feed } = manifest
  const { name, sees, replicates } = await askOne(query, ROLE)
  const role = identifier(String(name)).toString()
  const findings: Finding[] = []
  const lack = (message: string, grant: string): void => {
    findings.push(blame('rights', message, `${grant};`))
  }
  if (sees !== true)
    lack(`${String(name)} may not use schema stalemate.`, `GRANT USAGE ON SCHEMA stalemate TO ${role}`)
  const rights = rightsFor(manifest)
  const { rows } = await query(LACKING, [
    rights.map(({ kind }) => kind),
    rights.map((right) => right.name),
    rights.map(({ right }) => right),
  ])
  for (const { kind, name: object, right } of rows) {
    const on = `${String(kind).toUpperCase()} ${identifier('stalemate', String(object)).toString()}`
    lack(
      `${String(name)} lacks ${String(right)} on ${String(kind)} ${String(object)}.`,
      `GRANT ${String(right)} ON ${on} TO ${role}`,
    )
  }
  if (feed === 'wal' && replicates !== true)
    lack(`${String(name)} may not replicate.`, `ALTER ROLE ${role} REPLICATION`)
  return orFine(
    [...findings, ...(await checkReads({ query, manifest }))],
    'rights',
    `${String(name)} may do what a runtime does.`,
  )
}

/** Looks links up without any: the server looks at the rights all the same. */
async function checkReads({
  query,
  manifest,
}: Pick<Parameters<Check>[0], 'query' | 'manifest'>): Promise<readonly Finding[]> {
  const paths = Object.values(manifest.paths)
  if (paths.length === 0) return []
  const findings = new Map<string, Finding>()
  for (const { cache, joins, sql } of paths) {
    try {
      await query(
        sql,
        Array.from({ length: joins }, () => []),
      )
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const finding = blame(
        'rights',
        `Links of ${cache} cannot be looked up: ${message}.`,
        'Grant SELECT on the tables of its paths, or apply the migrations that fit these rules.',
      )
      findings.set(finding.message, finding)
    }
  }
  return [...findings.values(), ...(await checkRowSecurity(query, manifest))]
}

async function checkRowSecurity(
  query: Parameters<Check>[0]['query'],
  { tables }: Manifest,
): Promise<readonly Finding[]> {
  const { rows } = await query(HIDDEN, [
    tables.map(({ table }) => table),
    tables.map(({ schema }) => schema),
    tables.map(({ name }) => name),
  ])
  return rows.map(({ table }) =>
    blame(
      'rights',
      `Row security hides rows of ${String(table)} from this role: links may lead to fewer keys than there are.`,
      'Give the runtime a role with BYPASSRLS, or a policy that shows it every row.',
    ),
  )
}
