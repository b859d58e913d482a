import type { Benchmark } from './harness/benchmark.ts'
import { compile } from './compile/compile.ts'
import { hit } from './hit/hit.ts'
import { write } from './write/write.ts'

/** Every benchmark, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [hit, write, compile]
