import type { ParamType } from '../key/param.ts'
import type { LockedColumn } from './lock.ts'

/**
 * Types of which equal values are one value, whatever compares them: what `a = b` and `b = c` say together holds for `a`
 * and `c`, and the text of one finds the other. Floating-point numbers are not among them (their text depends on
 * the session), nor types that take different texts for equal.
 */
const CLASSES: ReadonlyMap<string, string> = new Map([
  ['int2', 'int'],
  ['int4', 'int'],
  ['int8', 'int'],
  ['text', 'text'],
  ['varchar', 'text'],
  ['uuid', 'uuid'],
  ['bool', 'boolean'],
  ['date', 'date'],
  ['timestamp', 'timestamp'],
  ['timestamptz', 'timestamptz'],
  ['numeric', 'numeric'],
])

/** The class of a column's type; `undefined` where equality says too little. */
export function classOfColumn({ base, isEnum, loose }: LockedColumn): string | undefined {
  if (loose === true) return undefined
  return isEnum === true ? `enum ${base}` : CLASSES.get(base)
}

/** The class of a type as a cast names it, without modifiers. */
export function classOfName(names: readonly string[]): string | undefined {
  const [schema, name] = names.length > 1 ? names : ['pg_catalog', names[0]]
  if (name === undefined) return undefined
  return schema === 'pg_catalog' ? CLASSES.get(name) : `enum ${schema}.${name}`
}

export function classOfParam(type: ParamType): string {
  switch (type) {
    case 'int':
    case 'bigint':
      return 'int'
    case 'uuid':
    case 'text':
    case 'boolean':
    case 'date':
      return type
    default: {
      const name = type.slice('enum:'.length)
      return `enum ${name.includes('.') ? name : `public.${name}`}`
    }
  }
}

/** Whether a trigger's text of a value of the class is one that a param can have. */
export function isParamClass(name: string): boolean {
  return name !== 'timestamp' && name !== 'timestamptz' && name !== 'numeric'
}
