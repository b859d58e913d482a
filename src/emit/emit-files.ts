import type { Plan } from '../plan/plan.ts'
import { cachesOutput } from './caches.ts'
import { downMigrationOutput } from './down-migration.ts'
import { buildManifest, manifestOutput } from './manifest.ts'
import type { EmitInput, Emitter } from './output.ts'
import { planOutput } from './plan-output.ts'
import { rulesOutput } from './rules-output.ts'
import { schemaOutput } from './schema-output.ts'
import { renderBodies } from './trigger/render-bodies.ts'
import { upMigrationOutput } from './up-migration.ts'

const outputs: readonly Emitter[] = [
  upMigrationOutput,
  downMigrationOutput,
  manifestOutput,
  planOutput,
  cachesOutput,
  schemaOutput,
  rulesOutput,
]

/** The generated files of a plan: text by path relative to the output folder. Equal plans give equal bytes. */
export function emitFiles(
  plan: Plan,
  { ruleset, schema, sources }: Pick<EmitInput, 'ruleset' | 'schema' | 'sources'>,
): ReadonlyMap<string, string> {
  const bodies = renderBodies(plan)
  const manifest = buildManifest(plan, bodies)
  const input: EmitInput = { plan, ruleset, schema, sources: [...sources].sort(), bodies, manifest }
  return new Map(outputs.map(({ path, emit }) => [path, emit(input)]))
}
