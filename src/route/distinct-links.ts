import type { ManifestPath } from '../manifest/manifest.ts'

/**
 * The links to look up, each once. A value that ends with blanks is looked up without them as well: a `char(n)` is filled
 * up with them, and equals a text without. What that finds beyond is only more.
 *
 * @param values rows of `path.columns` texts, of which `path.joins` are looked up
 */
export function distinctLinks(
  { columns, joins }: Pick<ManifestPath, 'columns' | 'joins'>,
  values: readonly string[],
): readonly (readonly string[])[] {
  const links = new Map<string, readonly string[]>()
  for (let row = 0; row < values.length; row += columns) {
    let forms: readonly (readonly string[])[] = [values.slice(row, row + columns)]
    for (let column = 0; column < joins; column += 1) {
      const text = values[row + column] ?? ''
      if (!text.endsWith(' ')) continue
      const bare = text.replace(/ +$/, '')
      forms = forms.flatMap((form) => [form, form.with(column, bare)])
    }
    for (const form of forms) links.set(form.join('\0'), form)
  }
  return [...links.values()]
}
