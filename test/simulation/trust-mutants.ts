import type { Mutant } from './mutants.ts'

const SERVING = { settings: { untrustedFor: 30 } } as const
const SHARING = { settings: { readsPerLook: 3 } } as const

/** Of the deadline of trust, and of the triggers that it depends on. */
export const TRUST_MUTANTS: readonly Mutant[] = [
  {
    name: 'a value is stored although nothing is trusted',
    file: 'holdings',
    find: 'if (now >= this.#clock.trustedUntil)\n            return false;',
    replace: '',
  },
  {
    name: 'a warmed value is stored although nothing is trusted',
    file: 'holdings',
    find: 'if (now >= this.#clock.trustedUntil)\n            return false;',
    replace: 'if (!flight.isAnew && now >= this.#clock.trustedUntil) return false;',
  },
  {
    name: 'a value is stored at the deadline',
    file: 'holdings',
    find: 'if (now >= this.#clock.trustedUntil)\n            return false;',
    replace: 'if (now > this.#clock.trustedUntil) return false;',
  },
  {
    name: 'a value is served at the deadline',
    file: 'timekeeper',
    find: 'if (time >= this.#trustedUntil)\n            return false;',
    replace: 'if (time > this.#trustedUntil) return false;',
  },
  {
    name: 'a value is served at the end of the bound of serving',
    file: 'holdings',
    ...SERVING,
    find: 'return now < this.#clock.servedUntil',
    replace: 'return now <= this.#clock.servedUntil',
  },
  {
    name: 'what was trusted once is served for ever',
    file: 'timekeeper',
    ...SERVING,
    find: 'Math.max(this.#servedUntil, time + untrustedFor)',
    replace: 'Infinity',
  },
  {
    name: 'losing trust begins the bound of serving anew',
    file: 'timekeeper',
    ...SERVING,
    find: 'Math.max(this.#servedUntil, time + untrustedFor)',
    replace: 'Math.max(this.#servedUntil, time + untrustedFor, this.#settings.now() + untrustedFor)',
  },
  {
    name: 'the bound of serving is counted twice',
    file: 'timekeeper',
    ...SERVING,
    find: 'Math.max(this.#servedUntil, time + untrustedFor)',
    replace: 'Math.max(this.#servedUntil, time + 2 * untrustedFor)',
  },
  {
    name: 'a value stands in for a failing load past the bound of serving',
    file: 'holdings',
    ...SERVING,
    find: 'now >= this.#clock.servedUntil || isCovered(replaces)',
    replace: 'isCovered(replaces)',
  },
  {
    name: 'a load is joined whatever its age, though nothing is trusted',
    file: 'cache',
    find: 'if (now < this.clock.trustedUntil)\n            return true;',
    replace: 'return true;',
  },
  {
    name: 'a load is joined that has just become too old',
    file: 'cache',
    find: 'now < (isPromoting ? this.clock.servedUntil : since + joinFor + untrustedFor)',
    replace: 'now <= since + joinFor + untrustedFor',
  },
  {
    name: 'a load is joined whatever its age where untrusted values are served',
    file: 'cache',
    ...SERVING,
    find: 'since + joinFor + untrustedFor',
    replace: 'since + joinFor + 2 * untrustedFor',
  },
  {
    name: 'a load that is too old is waited for by the next reader',
    file: 'cache',
    find: 'this.#loading.cover(id);\n        const replaces',
    replace: 'const replaces',
  },
  {
    name: 'a look at the clock outlives the trust that is taken back',
    file: 'timekeeper',
    ...SHARING,
    find: 'Math.max(this.#servedUntil, time + untrustedFor);\n        this.lookAt = 0;',
    replace: 'Math.max(this.#servedUntil, time + untrustedFor);',
  },
  {
    name: 'a look at the clock outlives its turn',
    file: 'timekeeper',
    ...SHARING,
    find: 'this.#turn = false;\n            this.lookAt = 0;',
    replace: 'this.#turn = false;',
  },
  {
    name: 'life is proven before the triggers are looked at',
    file: 'trust',
    ...SERVING,
    find: 'const emptied = this.cover(uncovered);\n        this.prove(since);',
    replace: 'this.prove(since);\n        const emptied = this.cover(uncovered);',
  },
  {
    name: 'what becomes covered is not emptied',
    file: 'trust',
    find: 'cache.invalidateAll(GAP);\n                emptied',
    replace: 'emptied',
  },
  {
    name: 'what is not covered stays trusted until its deadline',
    file: 'trust',
    find: 'this.#covered.delete(cache);\n                cache.trustedUntil = Number.NEGATIVE_INFINITY;',
    replace: 'this.#covered.delete(cache);',
  },
  {
    name: 'what is not covered is thought to be',
    file: 'trust',
    find: 'this.#covered.delete(cache);',
    replace: '',
  },
  {
    name: 'life is proven also for what is not covered',
    file: 'trust',
    find: 'for (const cache of this.#covered)',
    replace: 'for (const { cache } of this.#subjects)',
  },
  {
    name: 'a proof is believed for longer than a silence',
    file: 'trust',
    find: 'this.#proof = since;\n        if (this.#doubted)\n            return;\n        for (const cache of this.#covered)\n            cache.trustedUntil = since + this.#maxSilence;',
    replace:
      'this.#proof = since; for (const cache of this.#covered) cache.trustedUntil = since + 1.5 * this.#maxSilence;',
  },
  {
    name: 'a lost feed leaves the trust of before',
    file: 'trust',
    find: 'suspend() {\n        for (const { cache } of this.#subjects)\n            cache.trustedUntil = Number.NEGATIVE_INFINITY;',
    replace: 'suspend() {',
  },
]
