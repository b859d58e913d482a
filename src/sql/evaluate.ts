import type { ConditionNode, ConditionTerm } from './condition.ts'

type Value = string | number | boolean | null
/** What an expression may turn out to be, as a set of bits: true, false, NULL. */
type Outcome = number
const T = 1
const F = 2
const N = 4
const ANY = T | F | N

/**
 * Whether a row meets a condition: `true`, `false` (also for SQL's NULL, which meets nothing), or `unknown`
 * where that cannot be told without the database, as with the order of texts, which depends on the collation.
 *
 * @param row the row's values by column name, as the driver gives them; a column that is missing is unknown
 */
export function evaluateCondition(
  node: ConditionNode,
  row: Readonly<Record<string, unknown>>,
): boolean | 'unknown' {
  const outcome = evaluate(node, row)
  return outcome === T ? true : (outcome & T) === 0 ? false : 'unknown'
}

function evaluate(node: ConditionNode, row: Readonly<Record<string, unknown>>): Outcome {
  switch (node.kind) {
    case 'unknown':
      return ANY
    case 'not':
      return not(evaluate(node.part, row))
    case 'and':
      return node.parts.map((part) => evaluate(part, row)).reduce(both, T)
    case 'or':
      return not(node.parts.map((part) => not(evaluate(part, row))).reduce(both, T))
    case 'null': {
      const value = readColumn(node.column, row)
      if (value === undefined) return T | F
      return (value === null) === node.negated ? F : T
    }
    case 'compare':
      return compare(node.operator, read(node.left, row), read(node.right, row))
    case 'in': {
      const value = read(node.term, row)
      const none = node.list.map((item) => not(compare('=', value, read(item, row)))).reduce(both, T)
      return node.negated ? none : not(none)
    }
    case 'truth': {
      const value = read(node.term, row)
      return value === true ? T : value === false ? F : value === null ? N : ANY
    }
  }
}

function not(outcome: Outcome): Outcome {
  return ((outcome & T) === 0 ? 0 : F) | ((outcome & F) === 0 ? 0 : T) | (outcome & N)
}

/** SQL's AND over each pair of possible values: false wins, then NULL. */
function both(a: Outcome, b: Outcome): Outcome {
  let outcome = 0
  if (((a | b) & F) !== 0) outcome |= F
  if ((a & N) !== 0 && (b & (T | N)) !== 0) outcome |= N
  if ((b & N) !== 0 && (a & (T | N)) !== 0) outcome |= N
  if ((a & b & T) !== 0) outcome |= T
  return outcome
}

function compare(operator: string, left: Value | undefined, right: Value | undefined): Outcome {
  if (left === null || right === null) return N
  if (left === undefined || right === undefined) return ANY
  const order =
    typeof left === 'string' && typeof right === 'string' ? orderTexts(left, right) : orderOthers(left, right)
  if (order === 'unknown') return T | F
  const equal = order === 'equal'
  switch (operator) {
    case '=':
      return equal ? T : F
    case '<>':
      return equal ? F : T
    case '<=':
      return order === 'different' ? T | F : order === 'greater' ? F : T
    case '>=':
      return order === 'different' ? T | F : order === 'less' ? F : T
    case '<':
      return order === 'different' ? T | F : order === 'less' ? T : F
    default:
      return order === 'different' ? T | F : order === 'greater' ? T : F
  }
}

type Order = 'less' | 'equal' | 'greater' | 'different' | 'unknown'

/**
 * Texts that differ only in case, accents' encoding or blanks may be equal under a collation or type; texts
 * with digits may be two spellings of one number, date or UUID.
 */
function orderTexts(left: string, right: string): Order {
  if (left === right) return 'equal'
  if (fold(left) === fold(right)) return 'unknown'
  const spelled = (text: string): boolean => /\d/.test(text) && !/^[a-z][a-z_]*\d+$/i.test(text)
  return spelled(left) && spelled(right) ? 'unknown' : 'different'
}

function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[\p{M}\s]/gu, '')
    .toLowerCase()
}

function orderOthers(left: Value, right: Value): Order {
  if (typeof left === 'boolean' && typeof right === 'boolean') return order(Number(left), Number(right))
  const a = toNumber(left)
  const b = toNumber(right)
  if (a === undefined || b === undefined) return 'unknown'
  if (Number.isSafeInteger(a) && Number.isSafeInteger(b)) return order(a, b)
  return Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b)) ? 'unknown' : order(a, b)
}

function order(a: number, b: number): Order {
  return a < b ? 'less' : a > b ? 'greater' : 'equal'
}

/** A number, also as the text in which a driver gives bigint and numeric. */
function toNumber(value: Value): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string' || !/^-?\d{1,15}(?:\.\d{1,15})?$/.test(value)) return undefined
  return Number(value)
}

function read(term: ConditionTerm, row: Readonly<Record<string, unknown>>): Value | undefined {
  return term.kind === 'value' ? term.value : readColumn(term.name, row)
}

function readColumn(name: string, row: Readonly<Record<string, unknown>>): Value | undefined {
  if (!Object.hasOwn(row, name)) return undefined
  const value = row[name]
  if (typeof value === 'bigint') return String(value)
  return value === null ||
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean'
    ? value
    : undefined
}
