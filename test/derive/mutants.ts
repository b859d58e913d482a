/** A way to derive too little: a text of a compiled file, and what stands in its place. */
export type Mutant = {
  readonly what: string
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** Finds the text, however a compiler breaks its lines and writes its quotes. */
export function asPattern(text: string): RegExp {
  const tokens = text.match(/[\w$]+|\S/g) ?? []
  return new RegExp(tokens.map((token) => (/\w/.test(token) ? token : /['"]/.test(token) ? `['"]` : `\\${token}`)).join('\\s*')) // prettier-ignore
}

/** Each leaves out one thing that soundness needs. */
export const MUTANTS: readonly Mutant[] = [
  {
    what: 'ON of a LEFT JOIN binds the side that stays',
    file: 'walk.js',
    find: 'this.#from(left, facts, nullable);\n                this.#from(right, unite(outer, on, l), true);',
    replace:
      'this.#from(left, unite(facts, on), nullable);\n                this.#from(right, unite(outer, on, l), true);',
  },
  {
    what: 'ON of a FULL JOIN binds both sides',
    file: 'walk.js',
    find: 'this.#from(left, outer, true);\n                this.#from(right, outer, true);',
    replace:
      'this.#from(left, unite(outer, on), true);\n                this.#from(right, unite(outer, on), true);',
  },
  {
    what: 'conditions on a side that may be left out are kept',
    file: 'walk.js',
    find: 'filterFacts(facts, (fact) => !ownersOf(fact).some((owner) => owners.has(owner))',
    replace: 'filterFacts(facts, (fact) => true || !ownersOf(fact).some((owner) => owners.has(owner))',
  },
  {
    what: 'an outer join is always an inner one',
    file: 'walk.js',
    find: "if (type === 'left')\n        return r === true ? 'inner' : 'left';",
    replace: "if (type === 'left')\n        return 'inner';",
  },
  {
    what: 'what an outer join may leave out is taken for given',
    file: 'given.js',
    find: "case 'left':\n                return unite(left, guard(",
    replace: "case 'left':\n                return unite(left, given.on(from), right, guard(",
  },
  {
    what: 'IN is matched where NULL is not false',
    file: 'walk.js',
    find: 'return positive || sure ?',
    replace: 'return true || sure ?',
  },
  {
    what: 'a LIMIT lets facts through',
    file: 'contents.js',
    find: 'if (limited || sets ||',
    replace: 'if (sets ||',
  },
  {
    what: 'DISTINCT ON lets everything through',
    file: 'contents.js',
    find: 'const lists = [group, distinctOn, ...partitions]',
    replace: 'const lists = [group, ...partitions]',
  },
  {
    what: 'a window lets everything through',
    file: 'contents.js',
    find: 'const lists = [group, distinctOn, ...partitions]',
    replace: 'const lists = [group, distinctOn]',
  },
  {
    what: 'an aggregate without rows is taken for none',
    file: 'given.js',
    find: 'if (block.aggregated && (block.group',
    replace: 'if (false && (block.group',
  },
  {
    what: 'NOT EXISTS binds what stands around it',
    file: 'conjuncts.js',
    find: "if (node.type === 'SubLink')",
    replace:
      "if (node.type === 'BoolExpr' && fields['boolop'] === 'NOT_EXPR' && toNodes(fields['args'])[0]?.type === 'SubLink') return factsWhere(toNodes(fields['args'])[0], scope, subqueries);\n    if (node.type === 'SubLink')",
  },
  {
    what: 'OR counts as AND',
    file: 'conjuncts.js',
    find: "fields['boolop'] === 'AND_EXPR')",
    replace: "fields['boolop'] !== 'NOT_EXPR')",
  },
  {
    what: 'one part of an OR that needs a row is enough',
    file: 'strict.js',
    find: '.filter((owner) => sets.every((set) => set.has(owner)))',
    replace: '.filter((owner) => true || sets.every((set) => set.has(owner)))',
  },
  {
    what: 'any comparison counts as an equality',
    file: 'conjuncts.js',
    find: "return names.length === 1 && names[0] === '='",
    replace: 'return names.length === 1',
  },
  {
    what: 'a side of a UNION speaks for both',
    file: 'given.js',
    find: 'return factsOf(commonParams(block, left, right));',
    replace: 'return unite(left, right, sameAs(block.left), sameAs(block.right));',
  },
  {
    what: 'columns of the second side of a UNION are not read',
    file: 'read-query.js',
    find: 'this.#demand(block.right, index);',
    replace: '',
  },
  {
    what: 'columns of views and queries in FROM are not read',
    file: 'read-query.js',
    find: 'if (index >= 0)\n                this.#demand(source.block, index);',
    replace: 'if (index >= 0) { }',
  },
  {
    what: 'a condition of one occurrence is taken for that of another',
    file: 'derive-query.js',
    find: "fact.kind === 'condition' && fact.owner === occurrence",
    replace: "fact.kind === 'condition' && fact.owner.relation === occurrence.relation",
  },
  {
    what: 'columns of a path are joined by one equality of all',
    file: 'equality.js',
    find: 'parents.set(find(a), find(b));',
    replace: "parents.set(find(a), find(fact.kind === 'equal' ? 'all' : b)); parents.set(find(b), find(a));",
  },
  {
    what: 'two tables find their params over each other',
    file: 'reach.js',
    find: 'if (way.tables.some((table) => leadsTo(table, start, chosen)))\n            continue;',
    replace: '',
  },
  {
    what: 'a table finds its params over others that find theirs over it, though not at once',
    file: 'reach.js',
    find: 'for (const table of reached)',
    replace: 'for (const table of [from])',
  },
  {
    what: 'EXCEPT binds the side that it takes from',
    file: 'walk.js',
    find: "block.operation === 'intersect' ?",
    replace: "block.operation !== 'union' ?",
  },
  {
    what: 'columns of EXCEPT and INTERSECT are equal where both are NULL',
    file: 'walk.js',
    find: "const same = { kind: 'same', a, b }",
    replace: "const same = { kind: 'equal', a, b }",
  },
]
