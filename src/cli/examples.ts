/** The examples at the end of a command's help: command line -> what it is for. */
export function formatExamples(examples: Readonly<Record<string, string>>): string {
  const lines = Object.entries(examples).map(([line, purpose]) => `  # ${purpose}\n  ${line}`)
  return `\nExamples:\n${lines.join('\n')}`
}
