import { compileRules } from '../../src/compile.ts'
import { parseRules } from '../../src/rules/parse-rules.ts'
import { serveTasks } from '../harness/worker.ts'
import { makeBigRules, type BigRulesSize } from './big-rules.ts'

export type CompileJob = {
  readonly config: BigRulesSize
  readonly task: 'read' | 'compile'
  /** Milliseconds of the process's processor time, and the most memory that the process had, in megabytes. */
  readonly result: { readonly processor: number; readonly memory: number }
}

serveTasks<CompileJob>(async (size) => {
  const files = makeBigRules(size)
  return await Promise.resolve(async (task: CompileJob['task']) => {
    const before = process.cpuUsage()
    const { diagnostics } = task === 'read' ? await parseRules(files) : await compileRules(files)
    const { user, system } = process.cpuUsage(before)
    if (diagnostics.length > 0) throw new Error(`The rules are not right: ${diagnostics[0]?.message}`)
    return { processor: (user + system) / 1000, memory: process.resourceUsage().maxRSS / 1024 }
  })
})
