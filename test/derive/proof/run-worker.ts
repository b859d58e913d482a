import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { ProofJob, ProofNews, SentProof } from './worker.ts'

/**
 * Proves in a process of its own.
 * @param path of the compiled worker
 * @throws Error when it ends without an answer
 */
export async function runWorker(
  path: string,
  job: ProofJob,
  progress: (proof: SentProof) => void = () => {},
): Promise<SentProof> {
  const child = fork(path, { serialization: 'json' })
  let proof: SentProof | undefined
  child.on('message', (news: ProofNews) => {
    if (news.done) proof = news.proof
    else progress(news.proof)
  })
  child.send(job)
  const [code] = (await once(child, 'exit')) as [number | null]
  if (proof === undefined) throw new Error(`The worker of seed ${job.seed} ended with ${code}, without an answer.`) // prettier-ignore
  return proof
}

/** What several workers found. */
export function mergeProofs(proofs: readonly SentProof[]): SentProof {
  const sum = (pick: (proof: SentProof) => number): number => proofs.reduce((all, one) => all + pick(one), 0)
  const bound: Record<string, SentProof['all']> = {}
  for (const proof of proofs)
    for (const [name, count] of Object.entries(proof.bound)) {
      const own = (bound[name] ??= { queries: 0, made: 0, changed: 0 })
      own.queries += count.queries
      own.made += count.made
      own.changed += count.changed
    }
  return {
    queries: sum(({ queries }) => queries),
    refused: sum(({ refused }) => refused),
    transactions: sum(({ transactions }) => transactions),
    concurrent: sum(({ concurrent }) => concurrent),
    missed: proofs.flatMap(({ missed }) => missed),
    bound,
    all: { queries: sum(({ all }) => all.queries), made: sum(({ all }) => all.made), changed: sum(({ all }) => all.changed) }, // prettier-ignore
  }
}
