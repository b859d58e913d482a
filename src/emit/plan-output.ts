import { type Emitter, jsonFile } from './output.ts'

/** `plan.json`: what the migrations bring a database to. */
export const planOutput: Emitter = { path: 'plan.json', emit: ({ plan }) => jsonFile(plan) }
