import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import standalone from 'ajv/dist/standalone/index.js'
import { rulesSchema } from './schema.ts'

// Run by the build, once all else is compiled. To compile the schema in each process, and to load what compiles it, would take as
// long as reading the rules.
const options = { allErrors: true, verbose: true, allowUnionTypes: true, logger: false } as const
// That the schema is one is for the tests to see.
const trusted = { validateSchema: false, meta: false } as const
const ajv = new Ajv2020({ ...options, ...trusted, code: { source: true } })
const banner = '// Made by `npm run build` of src/rules/schema.ts.\n'
const path = fileURLToPath(new URL('validate-shape.cjs', import.meta.url))
writeFileSync(path, banner + standalone.default(ajv, ajv.compile(rulesSchema)))
