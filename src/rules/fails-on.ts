import type { Diagnostic } from './diagnostic.ts'

export type FailOptions = {
  /** Whether a warning counts as an error; not unless said otherwise. */
  readonly strict?: boolean | undefined
}

/** Whether rules with these diagnostics are not to be compiled. */
export function failsOn(diagnostics: readonly Diagnostic[], { strict = false }: FailOptions = {}): boolean {
  return diagnostics.some(({ severity }) => severity === 'error' || (strict && severity === 'warning'))
}
