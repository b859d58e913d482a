import type { Mutant } from './mutants.ts'

/** A value comes from the tier with a fifth of its life left. */
const PROMOTED = {
  keys: 1,
  steps: [
    'most of their time passes',
    'read a1',
    'all comes to the tier and back',
    'most of their time passes',
    'read a1',
  ],
} as const
/** The answer of the tier is under way for a while. */
const LATE = {
  keys: 1,
  steps: [
    'a moment passes',
    'read a1',
    'a read of the process comes',
    'a moment passes',
    'life is proven',
    'the tier’s answer comes',
    'a silence passes',
    'life is proven',
    'read a1',
  ],
} as const
/** What the tier had waits for another one that must be loaded. */
const TOGETHER = {
  keys: 2,
  steps: [
    'a moment passes',
    'read all at once',
    'all comes to the tier and back',
    'a moment passes',
    'life is proven',
    'load 2 of a2 sees',
    'load 2 of a2 ends',
    'a silence passes',
    'life is proven',
    'read a1',
  ],
} as const
/** The tier is asked after the commit that made wrong what it has, and trust ends before it answers. */
const JOINED = {
  keys: 1,
  steps: [
    'write a1',
    'a moment passes',
    'read a1',
    'a read of the process comes',
    'a moment passes',
    'a moment passes',
    'read a1',
    'the tier’s answer comes',
  ],
} as const

/** Of what is promoted from a further tier, and of what is put there. */
export const TIER_MUTANTS: readonly Mutant[] = [
  {
    name: 'a tier is asked that has not given up what was made wrong',
    file: 'tiers/load-through',
    tiered: true,
    find: '!isTrusted() || !isClean(tier)',
    replace: '!isTrusted()',
  },
  {
    name: 'a tier is asked although nothing is trusted',
    file: 'tiers/load-through',
    tiered: true,
    find: '!isTrusted() || !isClean(tier)',
    replace: '!isClean(tier)',
  },
  {
    name: 'a promotion that an invalidation overtook is stored',
    file: 'loading',
    tiered: true,
    find: 'if (this.#host.isCurrent(flight))\n                stored =',
    replace: 'if (flight.life < Infinity || this.#host.isCurrent(flight))\n                stored =',
  },
  {
    name: 'a tier is filled with a lease that was got after the value',
    file: 'tiers/load-through',
    tiered: true,
    find: 'const value = await loader.load(params, limits.context);',
    replace:
      'const value = await loader.load(params, limits.context); Object.assign(looked, await look(params, { isAnew: true }, settings));',
  },
  {
    name: 'a value from a tier is held as long as one that was loaded',
    file: 'tiers/load-through',
    tiered: true,
    story: PROMOTED,
    find: 'context.limitLife(found.until - settings.clock.now());',
    replace: '',
  },
  {
    name: 'a value from a tier that came with others is held as long as one that was loaded',
    file: 'tiers/load-through',
    tiered: true,
    story: TOGETHER,
    find: 'context.limitLife(found.until - now, place);',
    replace: ';',
  },
  {
    name: 'how long a tier lets a value live counts from when its answer came',
    file: 'tiers/load-through',
    tiered: true,
    story: LATE,
    find: 'until: asked + answer.life',
    replace: 'until: clock.now() + answer.life',
  },
  {
    name: 'how long a tier lets a value live counts from when the others were loaded',
    file: 'tiers/load-through',
    tiered: true,
    story: TOGETHER,
    find: 'const loaded = await loadMany(missing, own);\n            limit();',
    replace:
      'const before = settings.clock.now(); const loaded = await loadMany(missing, own); for (const [place, { found }] of looks.entries()) if (found !== undefined) context.limitLife(found.until - before, place);',
  },
  {
    name: 'what a tier says of a value’s life is not looked at when it is stored',
    file: 'fill-entry',
    tiered: true,
    story: PROMOTED,
    find: 'Math.min(limit, life * (1 - jitter * random()))',
    replace: 'life * (1 - jitter * random())',
  },
  {
    name: 'a load that a tier may answer is joined past the deadline',
    file: 'cache',
    tiered: true,
    story: JOINED,
    find: 'isPromoting ? this.clock.servedUntil : since + joinFor + untrustedFor',
    replace: 'since + joinFor + untrustedFor',
  },
  {
    name: 'a load that a tier may answer is joined at the deadline',
    file: 'cache',
    tiered: true,
    story: JOINED,
    find: 'now < (isPromoting ?',
    replace: 'now <= (isPromoting ?',
  },
  {
    name: 'a load that a tier may answer is joined past the bound of serving',
    file: 'cache',
    tiered: true,
    settings: { untrustedFor: 30 },
    story: {
      keys: 1,
      steps: [
        'write a1',
        'a moment passes',
        'read a1',
        'a read of the process comes',
        '70 ms pass in silence, to the deadline',
        'read a1',
        'the tier’s answer comes',
      ],
    },
    find: 'isPromoting ? this.clock.servedUntil : since + joinFor + untrustedFor',
    replace: 'since + joinFor + untrustedFor',
  },
  {
    name: 'no load is thought to be one that a tier may answer',
    file: 'cache',
    tiered: true,
    story: JOINED,
    find: 'this.#settings.promotes === true && now < this.clock.trustedUntil',
    replace: 'false',
  },
  {
    name: 'a tier is not told of what became covered',
    file: 'trust',
    tiered: true,
    find: 'emptied.push(cache.name);',
    replace: '',
  },
]
