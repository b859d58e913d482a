import type { TableName } from '../rules/ruleset.ts'

/** A table as the rules name it: without the schema when that is `public`. */
export function tableLabel({ schema, name }: TableName): string {
  return schema === 'public' ? name : `${schema}.${name}`
}
