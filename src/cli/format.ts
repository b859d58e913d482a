const oneDecimal = (value: number): string => value.toFixed(value < 10 ? 1 : 0)

/** Milliseconds for people: `0.3 ms`, `42 ms`, `1.5 s`, `2 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${oneDecimal(milliseconds)} ms`
  if (milliseconds < 59_500) return `${oneDecimal(milliseconds / 1000)} s`
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)} min${seconds % 60 === 0 ? '' : ` ${seconds % 60} s`}`
}

/** Bytes for people, in powers of 1,024: `512 B`, `1.5 KiB`, `20 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  if (bytes < 1024) return `${bytes} B`
  let value = bytes / 1024
  let unit = 0
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${oneDecimal(value)} ${units[unit]}`
}

/** A number with its noun: `1 file`, `12,000 files`. */
export const formatCount = (count: number, noun: string, plural = `${noun}s`): string =>
  `${groupDigits(count)} ${count === 1 ? noun : plural}`

/** Not by `toLocaleString`, which takes 10 ms to load the languages that it knows. */
const groupDigits = (count: number): string => String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
