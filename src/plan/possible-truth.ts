import type { ConditionNode, ConditionTerm } from '../sql/condition.ts'

/** A set of the outcomes that SQL's three-valued logic leaves possible. */
type Outcomes = number
const TRUE = 1
const FALSE = 2
const NULL = 4
const ANY = TRUE | FALSE | NULL

/** A row by column name; a column that is not given may hold anything. */
export type Row = Readonly<Record<string, unknown>>

/** Whether a condition may hold for a row: only what is certainly false or null says no. */
export function mayHold(node: ConditionNode, row: Row): boolean {
  return (outcomes(node, row) & TRUE) !== 0
}

function outcomes(node: ConditionNode, row: Row): Outcomes {
  switch (node.kind) {
    case 'and':
      return combine(
        node.parts.map((part) => outcomes(part, row)),
        and,
        TRUE,
      )
    case 'or':
      return combine(
        node.parts.map((part) => outcomes(part, row)),
        or,
        FALSE,
      )
    case 'not':
      return not(outcomes(node.part, row))
    case 'null': {
      const value = row[node.column]
      if (value === undefined) return TRUE | FALSE
      return (value === null) === node.negated ? FALSE : TRUE
    }
    case 'compare':
      return compare(node.operator, termValue(node.left, row), termValue(node.right, row))
    case 'in': {
      const value = termValue(node.term, row)
      const found = combine(
        node.list.map((item) => compare('=', value, termValue(item, row))),
        or,
        FALSE,
      )
      return node.negated ? not(found) : found
    }
    case 'truth': {
      const value = termValue(node.term, row)
      return typeof value === 'boolean' ? truth(value) : value === null ? NULL : ANY
    }
    case 'unknown':
      return ANY
  }
}

function termValue(term: ConditionTerm, row: Row): unknown {
  return term.kind === 'value' ? term.value : row[term.name]
}

function compare(operator: '=' | '<>' | '<' | '<=' | '>' | '>=', left: unknown, right: unknown): Outcomes {
  if (left === null || right === null) return NULL
  if (operator === '=' || operator === '<>') {
    const comparable = typeof left === typeof right && ['string', 'number', 'boolean'].includes(typeof left)
    return comparable ? truth((left === right) === (operator === '=')) : ANY
  }
  // The order of strings is the database's collation.
  if (typeof left !== 'number' || typeof right !== 'number') return ANY
  switch (operator) {
    case '<':
      return truth(left < right)
    case '<=':
      return truth(left <= right)
    case '>':
      return truth(left > right)
    case '>=':
      return truth(left >= right)
  }
}

function truth(value: boolean): Outcomes {
  return value ? TRUE : FALSE
}

/** The outcomes of a connective over every choice of one outcome a part. */
function combine(
  parts: readonly Outcomes[],
  connect: (a: Outcomes, b: Outcomes) => Outcomes,
  start: Outcomes,
): Outcomes {
  return parts.reduce((left, right) => {
    let result = 0
    for (const a of [TRUE, FALSE, NULL]) {
      for (const b of [TRUE, FALSE, NULL]) if (left & a && right & b) result |= connect(a, b)
    }
    return result
  }, start)
}

function and(a: Outcomes, b: Outcomes): Outcomes {
  return a === FALSE || b === FALSE ? FALSE : a === NULL || b === NULL ? NULL : TRUE
}

function or(a: Outcomes, b: Outcomes): Outcomes {
  return a === TRUE || b === TRUE ? TRUE : a === NULL || b === NULL ? NULL : FALSE
}

function not(parts: Outcomes): Outcomes {
  return (parts & NULL) | (parts & TRUE ? FALSE : 0) | (parts & FALSE ? TRUE : 0)
}
