import { parentPort, workerData } from 'node:worker_threads'
import { parseRules } from '../../src/rules/parse-rules.ts'

/** Reads texts as rules, one after another, and says which one it has read. */
for (const [index, text] of (workerData as readonly string[]).entries()) {
  const { ruleset } = await parseRules({ 'rules.yaml': text })
  parentPort?.postMessage({ index, isValid: ruleset !== undefined }, [])
}
