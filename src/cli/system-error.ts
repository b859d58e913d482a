import { getSystemErrorMap } from 'node:util'

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'

/** Whether the operating system gave this code, e.g. `ENOENT`. */
export const hasCode = (error: unknown, code: string): boolean => isSystemError(error) && error.code === code

/** The operating system's words for an error, such as `permission denied`. */
export function describeSystemError(error: unknown): string {
  if (isSystemError(error) && error.errno !== undefined) {
    const known = getSystemErrorMap().get(error.errno)
    if (known) return known[1]
  }
  return error instanceof Error ? error.message : String(error)
}
