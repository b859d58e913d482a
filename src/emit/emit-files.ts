import type { Plan } from '../plan/plan.ts'
import { type AnyText, Pieces } from '../sql/pieces.ts'
import { cachesOutput } from './caches.ts'
import { emitMigrations, type MigrationOptions } from './emit-migrations.ts'
import { findFormerFeeds } from './former-feeds.ts'
import { buildManifest, manifestOutput } from './manifest.ts'
import type { EmitInput, Emitter } from './output.ts'
import { planOutput } from './plan-output.ts'
import { rulesOutput } from './rules-output.ts'
import { schemaOutput } from './schema-output.ts'
import { renderBodies } from './trigger/render-bodies.ts'

/** Texts by path relative to the output folder. */
export type EmittedFiles = ReadonlyMap<string, AnyText>

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
): EmittedFiles {
  const given = { plan, sources: [...sources].sort(), bodies: renderBodies(plan) }
  const { files, objects } = emitMigrations(given, options)
  const formerFeeds = findFormerFeeds(plan.feed, objects)
  let made: EmitInput | undefined
  const input = (): EmitInput =>
    (made ??= { ...given, ruleset, schema, manifest: buildManifest(plan, given.bodies, formerFeeds) })
  return new Map<string, AnyText>([
    ...files,
    // Made when they are asked for, so that the migration, which is long, can be written meanwhile.
    ...outputs.map(({ path, emit }) => [path, new Pieces(() => [emit(input())])] as const),
  ])
}
