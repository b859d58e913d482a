import type { Answer, Reason, Subject } from './explanation.ts'

/** Gives text a look, where it can be shown. */
export type Paint = (style: 'bold' | 'cyan' | 'dim' | 'yellow', text: string) => string

export type FormatOptions = {
  /** Characters of a line; 80 unless said otherwise. */
  readonly width?: number | undefined
  readonly paint?: Paint | undefined
}

const LABEL = 9
const MIN_WIDTH = 40

/** Answers as people read them. Ends with a line break. */
export function formatAnswers(
  answers: readonly Answer[],
  { width = 80, paint = (_style, text) => text }: FormatOptions = {},
): string {
  return answers.map((answer) => formatAnswer(answer, Math.max(width, MIN_WIDTH), paint)).join('\n')
}

function formatAnswer({ subject, reasons, sql }: Answer, width: number, paint: Paint): string {
  const lines = [
    `${paint('bold', nameOf(subject))}  ${paint('dim', subject.kind)}`,
    ...wrap(summarize(subject, reasons), width),
  ]
  for (const reason of reasons) lines.push('', ...formatReason(reason, subject, width, paint))
  if (subject.kind === 'column')
    lines.push('', ...wrap(`For whole rows that come and go: stalemate explain ${subject.table}`, width))
  for (const { name, body } of sql) lines.push('', paint('cyan', `-- ${name}()`), body.trim())
  return `${lines.join('\n')}\n`
}

function nameOf(subject: Subject): string {
  switch (subject.kind) {
    case 'table':
      return subject.table
    case 'column':
      return `${subject.table}.${subject.column}`
    case 'cache':
      return subject.cache
    case 'key':
      return subject.key
  }
}

function summarize(subject: Subject, reasons: readonly Reason[]): string {
  const none = reasons.length === 0
  switch (subject.kind) {
    case 'table':
      return none ? 'No rule looks at it: its changes make nothing wrong.' : 'Its changes make wrong:'
    case 'column':
      return none ? 'An update of it makes nothing wrong.' : 'An update that changes it makes wrong:'
    case 'cache':
      return none
        ? `No change makes ${subject.key} wrong; it is kept until it expires.`
        : `${subject.key} is made wrong by changes of:`
    case 'key':
      return none
        ? `No change makes ${subject.key.includes('*') ? 'them' : 'it'} wrong; ${subject.cache} is kept until it expires.`
        : subject.key.includes('*')
          ? `Keys of ${subject.cache}. They are made wrong by changes of:`
          : `A key of ${subject.cache}. It is made wrong by changes of:`
  }
}

function formatReason(reason: Reason, subject: Subject, width: number, paint: Paint): readonly string[] {
  const { keys, table, rule, ruleTable, action, operations, columns, when, via, rows, widened } = reason
  const isTarget = subject.kind === 'cache' || subject.kind === 'key'
  const place = `${rule.file}:${rule.line}`
  const crossed = ruleTable === table ? '' : `, a rule of ${ruleTable} that leads over ${table}`
  const lines: [label: string, text: string][] = [
    [widened === undefined ? 'rule' : 'query', `${place}${crossed}`],
    ...(isTarget ? [['keys', keys] as [string, string]] : []),
    ...(subject.kind === 'column' ? [] : [['on', describeOperations(operations)] as [string, string]]),
    ...(operations.includes('update')
      ? [['columns', columns === 'all' ? 'any' : columns.join(', ')] as [string, string]]
      : []),
    ...(when === undefined ? [] : [['when', when] as [string, string]]),
    ...rows.map((row): [string, string] => ['row', row]),
    ...via.map((hop): [string, string] => ['via', hop]),
    ...(widened ?? []).map(({ param, why }): [string, string] => ['any', `${param}, because ${why}`]),
    ...(action === 'refresh' ? [['then', 'what is held is loaded again'] as [string, string]] : []),
  ]
  return [
    `  ${paint('bold', isTarget ? table : keys)}`,
    ...lines.flatMap(([label, text]) =>
      wrap(text, width - 4 - LABEL).map(
        (line, index) => `    ${paint('dim', (index === 0 ? label : '').padEnd(LABEL))}${line}`,
      ),
    ),
  ]
}

function describeOperations(operations: readonly string[]): string {
  return operations.map((name) => (name === 'truncate' ? 'truncate (all keys)' : name)).join(', ')
}

/** Lines of at most so many characters, broken at blanks; a longer word has a line of its own. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
