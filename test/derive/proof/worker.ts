import { prove, type Proof, type ProofOptions } from './prove.ts'

/** What a worker is asked to do. */
export type ProofJob = Omit<ProofOptions, 'progress' | 'until'>

/** What a worker says: how far it is, and in the end what it found. */
export type ProofNews = { readonly done: boolean; readonly proof: SentProof }

/** A proof as JSON. */
export type SentProof = Omit<Proof, 'bound'> & { readonly bound: Readonly<Record<string, Proof['all']>> }

process.once('message', (job: ProofJob) => {
  const tell = (proof: Proof, done: boolean): void => {
    process.send?.({ done, proof: { ...proof, bound: Object.fromEntries(proof.bound) } } satisfies ProofNews)
  }
  // What is not caught ends the process, and so tells whoever waits for it.
  void prove({ ...job, progress: (proof) => tell(proof, false) }).then((proof) => {
    tell(proof, true)
    process.disconnect()
  })
})
