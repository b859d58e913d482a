import { parseColumnName } from './identifier.ts'
import { spanInScalar } from './scalar-span.ts'
import type { Condition } from '../sql/condition.ts'
import type { ConditionProblem, ParseCondition } from '../sql/parse-condition.ts'
import type { DiagnosticCode } from './diagnostic.ts'
import type { Report } from './report.ts'
import type { TableName } from './ruleset.ts'
import type { Source } from './source.ts'
import type { YamlText } from './yaml-node.ts'

const CODES: Readonly<Record<ConditionProblem['kind'], DiagnosticCode>> = {
  syntax: 'condition-syntax',
  'not-one': 'condition-not-one',
  'not-allowed': 'condition-not-allowed',
  'not-boolean': 'condition-not-boolean',
  qualifier: 'condition-other-table',
  quotes: 'condition-quotes',
}

/** Reads the name of a column of the changed row; `undefined`, and a diagnostic, when it is none. */
export function readColumn(source: Source, text: YamlText | undefined, report: Report): string | undefined {
  if (text === undefined || text.value === '') return undefined
  const parsed = parseColumnName(text.value)
  if (parsed.ok) return parsed.name
  const { at, length, message, hint } = parsed.problem
  report.error(source, spanInScalar(source, text, at, length), 'bad-identifier', message, hint)
  return undefined
}

/** Reads a rule's `when`; `undefined`, and a diagnostic, when it is no condition. */
export function readCondition(
  source: Source,
  text: YamlText,
  table: TableName,
  parseCondition: ParseCondition | undefined,
  report: Report,
): Condition | undefined {
  if (parseCondition === undefined || text.value === '') return undefined
  const { condition, problems } = parseCondition(text.value, table)
  for (const { kind, severity, at, length, message, hint } of problems) {
    const say = severity === 'error' ? report.error : report.warn
    say(source, spanInScalar(source, text, at, length), CODES[kind], message, hint)
  }
  return condition
}
