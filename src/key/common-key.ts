import type { KeyTemplate } from './template.ts'

/** One character of a template, or a place where any value may stand; `stops` are the characters it cannot have. */
type Unit =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'value'; readonly stops: string; readonly open: boolean }

/** Whether two templates can render the same key. */
export function templatesOverlap(a: KeyTemplate, b: KeyTemplate): boolean {
  return commonKey(a, b) !== undefined
}

/**
 * An example of a key that both templates can render, with 1 for values that may be anything; `undefined` when there is
 * none. One of them may be a pattern, whose `*` at the end stands for all that follows.
 */
export function commonKey(a: KeyTemplate, b: KeyTemplate): string | undefined {
  const left = units(a)
  const right = units(b)
  const width = right.length + 1
  // Pairs of positions that are reached, each with the one before it: both texts are walked at once.
  const reached = new Map<number, { from: number; char: string }>([[0, { from: -1, char: '' }]])
  const open = [0]
  const end = left.length * width + right.length
  for (let at = open.pop(); at !== undefined && !reached.has(end); at = open.pop()) {
    const i = Math.floor(at / width)
    const j = at % width
    const fresh = steps(left[i], right[j]).flatMap(([di, dj, char]) => {
      const next = (i + di) * width + j + dj
      if (reached.has(next)) return []
      reached.set(next, { from: at, char })
      return [next]
    })
    open.push(...fresh.reverse())
  }
  let key = ''
  let step = reached.get(end)
  if (step === undefined) return undefined
  for (; step !== undefined; step = reached.get(step.from)) key = step.char + key
  return key
}

type Step = readonly [di: number, dj: number, char: string]

/** Ways to go on from a pair of positions, the one with the most natural example first. */
function steps(a: Unit | undefined, b: Unit | undefined): Step[] {
  const found: Step[] = []
  if (a?.kind === 'value' && b?.kind === 'value') found.push([0, 1, '1'], [1, 0, '1'])
  if (a?.kind === 'char' && b?.kind === 'char' && a.char === b.char) found.push([1, 1, a.char])
  if (a?.kind === 'value' && b?.kind === 'char' && mayHold(a, b.char)) found.push([0, 1, b.char])
  if (a?.kind === 'char' && b?.kind === 'value' && mayHold(b, a.char)) found.push([1, 0, a.char])
  if (a?.kind === 'value') found.push([1, 0, ''])
  if (b?.kind === 'value') found.push([0, 1, ''])
  return found
}

function mayHold({ stops, open }: { stops: string; open: boolean }, char: string): boolean {
  return open || /[A-Za-z0-9]/.test(char) || !stops.includes(char)
}

function units({ segments }: KeyTemplate): readonly Unit[] {
  const texts = segments.flatMap((segment) => (segment.kind === 'literal' ? [segment.text] : []))
  const stops = `:*%{}${texts.join('')}`
  return segments.flatMap((segment, index): readonly Unit[] =>
    segment.kind === 'literal'
      ? segment.text.split('').map((char) => ({ kind: 'char', char }))
      : [{ kind: 'value', stops, open: segment.kind === 'any' && index === segments.length - 1 }],
  )
}
