import type { Mutant } from '../refresh/mutants.ts'

const CALLS = ['invalidate/invalidator']
const CLEARS = ['clear/clears']

/** Faults put into clears and invalidations by call. */
export const CALL_MUTANTS: readonly Mutant[] = [
  { name: 'a call is not sent to the others', file: 'invalidate/invalidator', find: 'if (options.local !== true) await', replace: 'if (options.local === false) await', judges: CALLS }, // prettier-ignore
  { name: 'a local call is sent to the others', file: 'invalidate/invalidator', find: 'if (options.local !== true) await', replace: 'await', judges: CALLS }, // prettier-ignore
  { name: 'the message of another is taken for an own one', file: 'invalidate/invalidator', find: 'if (from === this.#sender) return undefined', replace: 'if (from !== this.#sender) return undefined', judges: CALLS }, // prettier-ignore
  { name: 'an own message is applied once more', file: 'invalidate/invalidator', find: 'if (from === this.#sender) return undefined', replace: 'void from', judges: CALLS }, // prettier-ignore
  { name: 'tiers are not told what another has sent', file: 'invalidate/invalidator', find: '    this.#settings.tiers.owe(applied.invalidations)\n', replace: '', judges: CALLS }, // prettier-ignore
  { name: 'a tier that refused counts as told', file: 'invalidate/tiers', find: '    if (refused !== undefined) throw refused.reason\n', replace: '', judges: CALLS }, // prettier-ignore
  { name: 'what a tier refused is forgotten', file: 'invalidate/tiers', find: '          owner.owe(list.map(({ cache }) => cache))\n', replace: '', judges: CALLS }, // prettier-ignore
  { name: 'a tier is not told', file: 'invalidate/invalidator', find: 'this.#settings.tiers.isEmpty ? done', replace: 'this.#settings.tiers.isEmpty || done ? done', judges: CALLS }, // prettier-ignore
  { name: 'a tier that owes is clean', file: 'invalidate/tiers', find: '&& !this.#owed.has(cache) && !this.#inHand.includes(cache)', replace: '', judges: CALLS }, // prettier-ignore
  { name: 'a tier is clean while it is being told', file: 'invalidate/tiers', find: '(this.#open.get(cache) ?? 0) === 0 &&', replace: '', judges: CALLS }, // prettier-ignore
  { name: 'a message that could not be sent counts as sent', file: 'invalidate/invalidator', find: "outcomes[place] = fail(request, dropped, 'in other processes', error)", replace: 'void [request, dropped, error]', judges: CALLS }, // prettier-ignore
  { name: 'what follows a failure is tried all the same', file: 'invalidate/invalidator', find: 'if (failed && !continueOnError) {', replace: 'if (failed && !continueOnError && failed === undefined) {', judges: CALLS }, // prettier-ignore
  { name: 'a failure ends all, although told to go on', file: 'invalidate/invalidator', find: 'if (failed && !continueOnError) {', replace: 'if (failed) {', judges: CALLS }, // prettier-ignore
  { name: 'a signal gives up nothing', file: 'invalidate/invalidator', find: '      signal?.throwIfAborted()\n', replace: '', judges: CALLS }, // prettier-ignore
  { name: 'a refusal is not tried again', file: 'invalidate/retry', find: 'if (number >= attempts) throw error', replace: 'if (number >= 1 || attempts) throw error', judges: CALLS }, // prettier-ignore

  { name: 'an epoch is given up for at each look', file: 'clear/clears', find: '      this.#known.set(cache, epoch)\n', replace: '', judges: CLEARS }, // prettier-ignore
  { name: 'a raised epoch is not compared', file: 'clear/clears', find: 'if (epoch <= (this.#known.get(cache) ?? 0)) continue', replace: 'if (epoch >= 0) continue', judges: CLEARS }, // prettier-ignore
  { name: 'a clear waits for its own message', file: 'clear/clears', find: "?? 0\n    await this.look()\n", replace: '?? 0\n', judges: CLEARS }, // prettier-ignore
  { name: 'a clear of all clears no cache', file: 'clear/clears', find: "if (cache === '') this.#drop(names, 'all', epoch)\n      else if", replace: 'if', judges: CLEARS }, // prettier-ignore
  { name: 'a clear of one cache clears none', file: 'clear/clears', find: 'else if (names.includes(cache)) this.#drop([cache], { cache }, epoch)', replace: '', judges: CLEARS }, // prettier-ignore
  { name: 'tiers keep what is cleared', file: 'clear/clears', find: "    tiers.owe(names.map((cache) => ({ kind: 'all', cache, reason: 'requested' })))\n", replace: 'void tiers\n', judges: CLEARS }, // prettier-ignore
  { name: 'trust is given before the epochs are compared', file: 'clear/clears', find: '        await this.look()\n        return await look()', replace: '        const seen = await look()\n        await this.look()\n        return seen', judges: CLEARS }, // prettier-ignore
  { name: 'a look that failed ends all that follow', file: 'clear/clears', find: ".catch((error: unknown) => settings.emit('error', { error }))", replace: '', judges: CLEARS }, // prettier-ignore
  { name: 'the others are not told of a clear', file: 'clear/epochs', find: "  await broadcast(query, feed, channel, encodeControl(createControl('clear')))\n", replace: 'void [feed, channel, broadcast, encodeControl, createControl]\n', judges: CLEARS }, // prettier-ignore
  { name: 'a token confirms for ever', file: 'clear/tokens', find: 'return found !== undefined && now < found.until ?', replace: 'return found !== undefined ?', judges: CLEARS }, // prettier-ignore
  { name: 'a token confirms twice', file: 'clear/tokens', find: 'waiting !== found && now < waiting.until', replace: 'now < waiting.until', judges: CLEARS }, // prettier-ignore
]
