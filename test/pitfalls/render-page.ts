import { CHAPTERS, type Pitfall, type Proof } from './pitfalls.ts'

const HEAD = `# What goes wrong elsewhere

Systems that cache what a database holds go wrong in ways that are known: by threads about other libraries, the source of the server, and
what was tried out. Each has a row here, with what is done about it and the tests that fail where that is not done. **Bold** are tests
that break the rule themselves, on every run. The rules of the others are broken by \`npm run pitfalls\`, one after another, in a copy of
the source: it fails where a test does not.
`

/** The page, made of the pitfalls. */
export function renderPage(): string {
  const parts = CHAPTERS.map(
    ({ title, pitfalls }) =>
      `## ${title}\n\n| what goes wrong | what is done | what fails without it |\n| --- | --- | --- |\n` +
      pitfalls.map(renderRow).join('\n'),
  )
  return `${[HEAD.trimEnd(), ...parts].join('\n\n')}\n`
}

function renderRow({ what, does, proofs }: Pitfall): string {
  return `| ${what} | ${does} | ${proofs.map(renderProof).join('<br>')} |`
}

function renderProof({ test, title, mutant }: Proof): string {
  const link = `[${title.replaceAll(/\$\{.*/g, '…').replaceAll('|', '\\|')}](../test/${test}.test.ts)`
  return mutant === true ? `**${link}**` : link
}
