import type { Plan } from '../plan/plan.ts'
import { type Emitter, jsonFile } from './output.ts'

/** `plan.json`: what the migrations bring a database to. */
export const planOutput = {
  path: 'plan.json',
  emit: ({ plan }: { readonly plan: Plan }): string => jsonFile(plan),
} satisfies Emitter
