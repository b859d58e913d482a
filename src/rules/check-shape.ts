import type { ErrorObject } from 'ajv'
import { explainShapeError } from './explain-shape-error.ts'
import validate from './validate-shape.cjs'
import { toPlain, type YamlNode } from './yaml-node.ts'
import type { Report } from './report.ts'
import type { Source } from './source.ts'

/** Says what in a rule file does not have the shape that the schema gives. */
export function checkShape(source: Source, root: YamlNode, report: Report): void {
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
