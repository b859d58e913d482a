import { type Fragment, literal, sql } from '../../sql/fragment.ts'

/**
 * The texts around the targets in a message. They are put around them where the targets are made, because there they become
 * part of constants that stand anyway; none where the function that sends may need several messages.
 */
export type Frame = { readonly open: string; readonly close: string }

export const NO_FRAME: Frame = { open: '', close: '' }

/** Targets in their frame; NULL when they are. */
export function framed({ open, close }: Frame, targets: Fragment): Fragment {
  return open === '' && close === '' ? targets : sql`${literal(open)} || ${targets} || ${literal(close)}`
}

/** Targets that are constant in their frame. */
export function framedText({ open, close }: Frame, targets: string): Fragment {
  return literal(`${open}${targets}${close}`)
}
