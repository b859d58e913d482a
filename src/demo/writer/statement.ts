import type { TableName } from '../schema.ts'

export const ACTIONS = ['insert', 'update', 'delete', 'move'] as const
/** What a statement does with a row; a move gives it to another user, agent or id. */
export type Action = (typeof ACTIONS)[number]

/** A statement of the writer, one transaction each. */
export type Statement = {
  readonly table: TableName
  readonly action: Action
  readonly text: string
  readonly values: readonly (string | number | boolean)[]
}

/** The statement with its values in place, for people to read. */
export function showStatement({ text, values }: Pick<Statement, 'text' | 'values'>): string {
  return text.replace(/\$(\d+)/g, (_, place: string) => {
    const value = values[Number(place) - 1]
    return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
  })
}
