import type { Plan } from '../plan/plan.ts'
import { cachesOutput } from './caches.ts'
import { emitMigrations, type MigrationOptions } from './emit-migrations.ts'
import { buildManifest, manifestOutput } from './manifest.ts'
import type { EmitInput, Emitter } from './output.ts'
import { planOutput } from './plan-output.ts'
import { rulesOutput } from './rules-output.ts'
import { schemaOutput } from './schema-output.ts'
import { renderBodies } from './trigger/render-bodies.ts'

const outputs: readonly Emitter[] = [manifestOutput, planOutput, cachesOutput, schemaOutput, rulesOutput]

/**
 * The generated files of a plan: text by path relative to the output folder, migrations that were there before
 * included. The same plan and history give the same bytes.
 * @throws StalemateError `migrations-diverged`
 */
export function emitFiles(
  plan: Plan,
  {
    ruleset,
    schema,
    sources,
    ...options
  }: Pick<EmitInput, 'ruleset' | 'schema' | 'sources'> & MigrationOptions,
): ReadonlyMap<string, string> {
  const bodies = renderBodies(plan)
  const manifest = buildManifest(plan, bodies)
  const input: EmitInput = { plan, ruleset, schema, sources: [...sources].sort(), bodies, manifest }
  return new Map([
    ...emitMigrations(input, options),
    ...outputs.map(({ path, emit }) => [path, emit(input)] as const),
  ])
}
