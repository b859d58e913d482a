import type { Reader, Value } from './reader.ts'

/**
 * Reads every entry `passes` times in the given order. Nanoseconds of this process's processor time, which a
 * busy machine lengthens less than the time on the clock. Throws if a value was not the held one.
 */
export async function timeReads<I>(reader: Reader<I>, order: Uint32Array, passes: number): Promise<number> {
  const { inputs } = reader
  const before = process.cpuUsage()
  const sum =
    reader.kind === 'sync'
      ? readSync(reader.read, inputs, order, passes)
      : await readAsync(reader.read, inputs, order, passes)
  const { user, system } = process.cpuUsage(before)
  const expected = (passes * order.length * (order.length - 1)) / 2
  if (sum !== expected) throw new Error(`Expected the values to sum up to ${expected}, got ${sum}.`)
  return (user + system) * 1000
}

function readSync<I>(
  read: (input: I) => Value,
  inputs: readonly I[],
  order: Uint32Array,
  passes: number,
): number {
  let sum = 0
  for (let pass = 0; pass < passes; pass += 1) {
    for (let index = 0; index < order.length; index += 1) {
      sum += read(inputs[order[index] as number] as I).n
    }
  }
  return sum
}

async function readAsync<I>(
  read: (input: I) => Promise<Value>,
  inputs: readonly I[],
  order: Uint32Array,
  passes: number,
): Promise<number> {
  let sum = 0
  for (let pass = 0; pass < passes; pass += 1) {
    for (let index = 0; index < order.length; index += 1) {
      sum += (await read(inputs[order[index] as number] as I)).n
    }
  }
  return sum
}
