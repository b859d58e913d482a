import type { Plan, Watch } from '../../plan/plan.ts'
import { sentValues } from '../../plan/sent.ts'
import { type Fragment, integer, sql } from '../../sql/fragment.ts'
import { MAX_MESSAGE_BYTES } from '../max-message-bytes.ts'
import { type Frame, framedText } from './frame.ts'
import type { Group } from './group.ts'
import { sentTexts } from './key.ts'
import type { Search } from './search.ts'
import { broadTargets, textsAround } from './target.ts'

/** A message that is too long gives way to all caches that it may name. */
export function fitSql(message: Fragment, groups: readonly Group[], frame: Frame): Fragment {
  const broad = framedText(frame, broadTargets(groups, 'too-long'))
  return sql`CASE WHEN octet_length(${message}) < ${integer(MAX_MESSAGE_BYTES)} THEN ${message} ELSE ${broad} END`
}

/** The most bytes of a character, and of a value whose type is bare, with its quotes and a comma. */
const CHARACTER = 4
const VALUE = 40

/** Whether a message about one row, or the two versions of one, fits whatever the row holds. */
export function isShort(plan: Plan, searches: readonly Search[], { open, close }: Frame): boolean {
  let bytes = (open.length + close.length) * CHARACTER
  for (const { sources, groups } of searches)
    for (const { watch } of sources) bytes += 2 * keyBytes(plan, watch) * groups.length
  if (bytes >= MAX_MESSAGE_BYTES) return false
  for (const search of searches) for (const text of textsAround(search)) bytes += text.length * CHARACTER
  return bytes < MAX_MESSAGE_BYTES
}

/** The most bytes of a key; Infinity where a value can have any length. */
function keyBytes(plan: Plan, watch: Watch): number {
  if (sentTexts(plan, watch).some(({ bare }) => bare === undefined)) return Infinity
  const values = sentValues(watch).map((sent) =>
    sent.kind === 'text' ? (JSON.stringify(sent.text).length + 1) * CHARACTER : VALUE,
  )
  return values.reduce((sum, bytes) => sum + bytes, 0)
}
