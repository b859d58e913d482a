/** Words that YAML reads as something else than text, in one of its versions. */
const WORDS = /^(?:true|false|yes|no|on|off|null|y|n)$/i

/** Text as a YAML scalar that means the same in a block and between braces. */
export function yamlText(text: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !WORDS.test(text)) return text
  return `'${text.replaceAll("'", "''")}'`
}

/** A name as SQL and the rules read it: in double quotes where it needs them. */
export function sqlName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/** Text that is safe in a comment: on one line, with nothing invisible, nor the mark of what is no text. */
export function commentText(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}\uFFFD]/gu, '?')
}

/** Whether a name can stand in a rule file at all. */
export function isWritable(name: string): boolean {
  return !/[\p{C}\p{Zl}\p{Zp}\uFFFD]/u.test(name)
}
