import { VERSIONS, type Version } from '../../../helpers/versions.ts'
import type { Case, Group } from './case.ts'
import type { Outcome } from './run-group.ts'

/** Outcomes of a group's cases by version. */
export type Results = ReadonlyMap<Version, ReadonlyMap<Case, Outcome>>

const INTRO = `# What triggers send

<!-- Made by the test run. Do not edit: UPDATE_GOLDEN=1 npx ava test/emit/trigger/matrix.test.ts -->

Each row is something that happens to a watched table, and the lines that the triggers send for it: the operation, the cache,
and the key, or \`!\` and why the whole cache is wrong. All of it is done on a real server of each version, with the feed
\`outbox\`; a version says yes where exactly these lines were sent.
`

const NOTES = `## What no trigger sees

Nothing fires for rows that logical replication applies, nor where \`session_replication_role\` is \`replica\`; for
\`ALTER TABLE ... ADD COLUMN ... DEFAULT\` and \`ALTER ... TYPE ... USING\`, which rewrite rows; for attaching and
detaching partitions, with the rows in them; for \`REFRESH MATERIALIZED VIEW\`. A trigger that must fire for replicated rows is made
to by \`ALTER TABLE ... ENABLE ALWAYS TRIGGER\`. After the others, make the caches wrong by hand.
`

/** The page that says what every case sent, on every version. */
export function renderPage(groups: readonly Group[], results: ReadonlyMap<Group, Results>): string {
  const sections = groups.map((group) => renderGroup(group, results.get(group)))
  return [INTRO, ...sections, NOTES].join('\n')
}

function renderGroup(group: Group, results: Results | undefined): string {
  const rows = group.cases.map((one) => {
    const cells = VERSIONS.map((version) => judge(one, results?.get(version)?.get(one)))
    return `| ${[one.title, code(one.run), one.shown ?? code(one.sent), ...cells].join(' | ')} |`
  })
  const head = ['case', 'what is run', 'what is sent', ...VERSIONS]
  return [
    `## ${group.title}\n`,
    ...(group.text === undefined ? [] : [`${group.text}\n`]),
    `| ${head.join(' | ')} |`,
    `| ${head.map(() => '---').join(' | ')} |`,
    ...rows,
    '',
  ].join('\n')
}

/** Whether a case did what it should. */
export function isAsExpected(one: Case, { sent, error }: Outcome): boolean {
  const fails = one.fails === undefined ? error === undefined : one.fails.test(error ?? '')
  return fails && JSON.stringify(sent) === JSON.stringify(one.sent)
}

function judge(one: Case, outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'not run'
  return isAsExpected(one, outcome) ? 'yes' : '**no**'
}

function code(lines: readonly string[]): string {
  if (lines.length === 0) return 'nothing'
  return lines
    .map((line) => `\`${line.replaceAll(/\s+/g, ' ').trim().replaceAll('|', '\\|').replaceAll('`', "'")}\``)
    .join('<br>')
}
