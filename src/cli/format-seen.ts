import { formatCount, formatDuration } from './format.ts'
import type { Seen, WatchSummary } from '../watch/seen.ts'
import type { Paint } from './paint.ts'

/** Keys of one change that are printed; all are in --json. */
const SHOWN = 5
const TIME = 'HH:MM:SS.mmm'.length

/** One line for people, without its end. Anybody who may connect may have sent it. */
export function formatSeen(seen: Seen, paint: Paint): string {
  const time = paint('dim', seen.at.slice('YYYY-MM-DDT'.length).slice(0, TIME))
  switch (seen.kind) {
    case 'change': {
      const { table, operation, keys, reason, rules, lag } = seen
      const more = keys.length > SHOWN ? paint('dim', ` and ${keys.length - SHOWN} more`) : ''
      const parts = [
        time,
        paint('bold', plain(`${operation} of ${table}`)),
        plain(keys.slice(0, SHOWN).join(' ')) + more + (reason === undefined ? '' : ` (${reason})`),
        paint('dim', plain(rules.join(', '))),
        paint('dim', lag === undefined ? '' : `lag ${formatDuration(lag)}`),
      ]
      return parts.filter((part) => part !== '').join('  ')
    }
    case 'gap':
      return `${time}  ${paint('yellow', `gap: ${seen.cause}`)}`
    case 'state':
      return `${time}  ${paint(seen.state === 'live' ? 'green' : 'red', seen.state)}${seen.error === undefined ? '' : `  ${plain(seen.error)}`}`
  }
}

export function formatWatchSummary({ took, changes, keys, gaps, lag }: WatchSummary): string {
  const parts = [
    `${formatCount(changes, 'change')} with ${formatCount(keys, 'key')} in ${formatDuration(took)}`,
    formatCount(gaps, 'gap'),
    ...(lag === undefined ? [] : [`lag ${formatDuration(lag.median)}, ${formatDuration(lag.max)} at most`]),
  ]
  return parts.join('; ')
}

/** Without what a terminal would act on. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?')
}
