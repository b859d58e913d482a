import type { Manifest } from '../manifest/manifest.ts'

/** What is looked at, in the order in which it is told. */
export const SUBJECTS = [
  'connection',
  'version',
  'primary',
  'pooler',
  'clock',
  'transactions',
  'rights',
  'triggers',
  'notify',
  'outbox',
  'wal',
] as const
export type Subject = (typeof SUBJECTS)[number]

/** What was seen of one subject. */
export type Finding = {
  readonly subject: Subject
  /** `problem`: caches are not kept true, or writers fail. `warning`: they are, and it costs something or may end. */
  readonly level: 'fine' | 'warning' | 'problem'
  /** One sentence. */
  readonly message: string
  /** What to do about it; only where something is to be done. */
  readonly advice?: string
}

/** Runs one SQL query. */
export type Query = (
  text: string,
  values?: readonly unknown[],
) => Promise<{ readonly rows: readonly Record<string, unknown>[] }>

/** What a check may ask. */
export type Patient = {
  readonly query: Query
  /** Another session of the same address. */
  readonly other: Query
  readonly manifest: Manifest
  /** Milliseconds since 1970 on this machine. */
  readonly now: () => number
  readonly pause: (ms: number) => Promise<void>
  /** Milliseconds after which an open transaction is a long one. */
  readonly longTransaction: number
}

/** Looks at one thing, or some that belong together. */
export type Check = (patient: Patient) => Promise<readonly Finding[]>

export const fine = (subject: Subject, message: string): Finding => ({ subject, level: 'fine', message })
export const warn = (subject: Subject, message: string, advice: string): Finding => ({
  subject,
  level: 'warning',
  message,
  advice,
})
export const blame = (subject: Subject, message: string, advice: string): Finding => ({
  subject,
  level: 'problem',
  message,
  advice,
})

/** The findings, or that all is fine where there are none. */
export function orFine(findings: readonly Finding[], subject: Subject, message: string): readonly Finding[] {
  return findings.length > 0 ? findings : [fine(subject, message)]
}

/** The first row, whose columns are texts or null. */
export async function askOne(
  query: Query,
  text: string,
  values?: readonly unknown[],
): Promise<Record<string, unknown>> {
  return (await query(text, values)).rows[0] ?? {}
}
