import { coherence } from './coherence/coherence.ts'
import { bulk } from './bulk/bulk.ts'
import { compile } from './compile/compile.ts'
import { derive } from './derive/derive.ts'
import type { Benchmark } from './harness/benchmark.ts'
import { hit } from './hit/hit.ts'
import { invalidate } from './invalidate/invalidate.ts'
import { latency } from './latency/latency.ts'
import { memory } from './memory/memory.ts'
import { miss } from './miss/miss.ts'
import { receive } from './receive/receive.ts'
import { start } from './start/start.ts'
import { storm } from './storm/storm.ts'
import { sustain } from './sustain/sustain.ts'
import { warm } from './warm/warm.ts'
import { write } from './write/write.ts'

/** Every benchmark, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [
  hit,
  miss,
  invalidate,
  memory,
  coherence,
  write,
  bulk,
  latency,
  sustain,
  receive,
  warm,
  storm,
  compile,
  derive,
  start,
]
