import { type Emitter, jsonFile } from './output.ts'

/** `rules.schema.json`: lets an editor check and complete rule files. */
export const schemaOutput: Emitter = { path: 'rules.schema.json', emit: ({ schema }) => jsonFile(schema) }
