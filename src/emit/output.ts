import type { Manifest } from '../manifest/manifest.ts'
import type { Plan } from '../plan/plan.ts'
import type { Ruleset } from '../rules/ruleset.ts'
import type { TriggerBodies } from './trigger/render-bodies.ts'

/** What emitters are given. */
export type EmitInput = {
  readonly plan: Plan
  /** What the plan was made of. */
  readonly ruleset: Ruleset
  /** The JSON Schema of rule files. */
  readonly schema: unknown
  /** Names of the rule files, for banners; sorted. */
  readonly sources: readonly string[]
  readonly bodies: TriggerBodies
  readonly manifest: Manifest
}

/** One kind of output file. */
export type Emitter = {
  /** Relative to the output folder. */
  readonly path: string
  readonly emit: (input: EmitInput) => string
}

/** Data as the text of a JSON file. */
export function jsonFile(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
