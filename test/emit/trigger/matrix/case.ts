import type { Plan } from '../../../../src/plan/plan.ts'

/** Something that is done to a table, and what the triggers must send for it. */
export type Case = {
  readonly title: string
  /** Done first, its messages thrown away. */
  readonly before?: string
  /** Statements, each a query of its own of one session. `{name}` stands for a name that no other test uses. */
  readonly run: readonly string[]
  /** Statements that make the session what it was. */
  readonly after?: string
  /** Each line once, sorted. */
  readonly sent: readonly string[]
  /** How the last statement fails. */
  readonly fails?: RegExp
  /** Rows of {@link Case.sent} that the page shows; all unless given. */
  readonly shown?: string
}

/** Cases that share tables and rules. They run one after another; each finds the tables empty. */
export type Group = {
  readonly title: string
  /** What a reader should know before the cases. */
  readonly text?: string
  readonly tables: string
  readonly plans: readonly Plan[]
  /** Emptied before each case, in the order given. */
  readonly empty: readonly string[]
  readonly cases: readonly Case[]
}
