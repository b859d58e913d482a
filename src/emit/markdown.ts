/** Text as code of Markdown, on one line and also inside a table. */
export function code(text: string): string {
  if (/^[\w:{}.*-]+$/.test(text)) return `\`${text}\``
  const line = text.replaceAll(/\s+/g, ' ').trim()
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${line.replaceAll('|', '\\|')}${pad}${fence}`
}

const SPECIAL = /[\\`*_{}[\]<>()#+!|~]/
const SPECIALS = new RegExp(SPECIAL, 'g')

/** Plain text that Markdown takes for nothing else. */
export function plain(text: string): string {
  return SPECIAL.test(text) ? text.replaceAll(SPECIALS, String.raw`\$&`) : text
}

/** A table of Markdown; its cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
