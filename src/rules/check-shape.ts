import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { explainShapeError } from './explain-shape-error.ts'
import { rulesSchema } from './schema.ts'
import { toPlain, type YamlNode } from './yaml-node.ts'
import type { Report } from './report.ts'
import type { Source } from './source.ts'

let validate: ValidateFunction | undefined

/** Compiles the schema the first time it is needed: it never changes. */
export function checkShape(source: Source, root: YamlNode, report: Report): void {
  // That the schema is one is for the tests to see: looking would take longer than reading the rules of a usual file.
  const trusted = { validateSchema: false, meta: false }
  const options = {
    allErrors: true,
    verbose: true,
    allowUnionTypes: true,
    logger: false,
    // To tidy the code up takes longer than it saves.
    code: { optimize: false },
    ...trusted,
  } as const
  validate ??= new Ajv2020(options).compile(rulesSchema)
  if (validate(toPlain(root))) return
  for (const error of withoutNoise(validate.errors ?? [])) explainShapeError(source, root, error, report)
}

/** One mistake, one error: of several about one value the first counts, and names are judged once. */
function withoutNoise(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const seen = new Set<string>()
  return errors.filter(({ instancePath, keyword, params, propertyName, schemaPath }) => {
    // Which of several keys a rule has is said in better words where the rule is read.
    if (keyword === 'propertyNames' || /\/(?:anyOf|not)(?:\/|$)/.test(schemaPath)) return false
    const detail: unknown = params['additionalProperty'] ?? params['missingProperty'] ?? propertyName ?? ''
    const identity = JSON.stringify([instancePath, detail])
    if (seen.has(identity)) return false
    seen.add(identity)
    return true
  })
}
