import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { median } from '../harness/statistics.ts'

/** Milliseconds that the disk below `folder` takes to keep 8 KiB: the median of some. */
export function timeSync(folder: string): number {
  const path = join(folder, 'sync')
  const block = Buffer.alloc(8192)
  const file = openSync(path, 'w')
  try {
    const times = Array.from({ length: 51 }, () => {
      const began = performance.now()
      writeSync(file, block, 0, block.length, 0)
      fdatasyncSync(file)
      return performance.now() - began
    })
    return median(times)
  } finally {
    closeSync(file)
    rmSync(path)
  }
}
