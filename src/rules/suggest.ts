const LONGEST = 64

/** The candidate that a misspelt name most likely means; `undefined` when none is near. */
export function suggest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > LONGEST) return undefined
  const wanted = name.toLowerCase()
  let best: string | undefined
  let least = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of candidates) {
    if (candidate.length > LONGEST || Math.abs(candidate.length - name.length) >= least) continue
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance >= least) continue
    best = candidate
    least = distance
  }
  return best ?? containing(wanted, candidates)
}

/** The only candidate that the name is a part of, as `user` is of `user_id`. */
function containing(wanted: string, candidates: Iterable<string>): string | undefined {
  const found =
    wanted.length < 3 ? [] : [...candidates].filter((candidate) => candidate.toLowerCase().includes(wanted))
  return found.length === 1 ? found[0] : undefined
}

/** The hint "did you mean", or else what there is to choose from. */
export function suggestHint(name: string, candidates: readonly string[], what: string): string | undefined {
  const best = suggest(name, candidates)
  if (best !== undefined) return `Did you mean ${best}?`
  if (candidates.length === 0) return undefined
  const some = candidates.slice(0, 12).join(', ')
  return `${what}: ${some}${candidates.length > 12 ? ', …' : ''}.`
}

/** Insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1)
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}
