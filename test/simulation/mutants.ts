import type { CacheSettings } from '../../src/cache/settings.ts'

/** A fault put into the kernel on purpose: a piece of a compiled file, which it contains once, and what replaces it. */
export type Mutant = {
  readonly name: string
  /** In `src/cache/`, or in another folder of `src/` where it is named; without its ending. */
  readonly file: string
  /** Only seen with a tier behind the cache. */
  readonly tiered?: true
  /** Only seen in a cache that is set up like this. */
  readonly settings?: Partial<CacheSettings<number>>
  /** Too rare among random schedules: the steps that show it. */
  readonly story?: { readonly keys: number; readonly steps: readonly string[] }
  readonly find: string
  readonly replace: string
}

/** Of loads, invalidations, and what is held. */
export const KERNEL_MUTANTS: readonly Mutant[] = [
  {
    name: 'a covered load is stored',
    file: 'loading',
    find: 'if (this.#host.isCurrent(flight))\n                stored =',
    replace: 'if (true)\n                stored =',
  },
  {
    name: 'a covered load is joined',
    file: 'loading',
    find: 'flight !== undefined && this.#host.isCurrent(flight) ? flight : undefined',
    replace: 'flight',
  },
  {
    name: 'an invalidation by key leaves the load in flight alone',
    file: 'cache',
    find: 'invalidateEntry(values, why = CALL) {\n        this.#loading.cover(entryId(values));',
    replace: 'invalidateEntry(values, why = CALL) {',
  },
  {
    name: 'an invalidation by key makes a load unjoinable but not covered',
    file: 'loading',
    find: 'flight.covered = true;',
    replace: '',
  },
  {
    name: 'an invalidation by key covers the load and leaves the entry',
    file: 'holdings',
    find: "this.#store.remove(entry, 'invalidated', this.#settings.now());",
    replace: '',
  },
  {
    name: 'the mark of a load in flight is not looked at',
    file: 'holdings',
    find: '!covered && generation',
    replace: 'generation',
  },
  {
    name: 'the generation of a load is not looked at',
    file: 'holdings',
    find: 'generation === this.#generation && ',
    replace: '',
  },
  {
    name: 'making everything wrong does not begin a generation',
    file: 'holdings',
    find: 'this.#generation += 1;',
    replace: '',
  },
  {
    name: 'making everything wrong leaves the store',
    file: 'holdings',
    find: 'this.#store.clear();',
    replace: '',
  },
  {
    name: 'making everything wrong leaves what is found by params',
    file: 'store',
    find: 'this.lookup.clear();',
    replace: '',
  },
  {
    name: 'making everything wrong leaves the order of what was held',
    file: 'store',
    find: 'this.#order.clear();',
    replace: '',
  },
  {
    name: 'groups of everything that was made wrong are kept',
    file: 'holdings',
    find: 'if (this.#memberships.size > 0)\n            this.#memberships.clear();',
    replace: '',
  },
  {
    name: 'the groups of a load in flight are not looked at',
    file: 'holdings',
    find: 'generation === this.#generation && !isCovered(entry)',
    replace: 'generation === this.#generation',
  },
  {
    name: 'the groups of a held entry are not looked at on the short way',
    file: 'cache',
    find: '!isAlive(entry.groups)',
    replace: 'false',
  },
  {
    name: 'the groups of a held entry are not looked at on the long way',
    file: 'holdings',
    find: 'this.#clock.count(now) < entry.until && !isCovered(entry)',
    replace: 'this.#clock.count(now) < entry.until',
  },
  {
    name: 'an invalidated group is not marked',
    file: 'group',
    find: 'group.dead = death;',
    replace: '',
  },
  {
    name: 'an invalidated group stays the living one',
    file: 'group',
    find: 'group.dead = death;\n        this.#groups.delete(id);',
    replace: 'group.dead = death;',
  },
  {
    name: 'an invalidated group takes later members in',
    file: 'group',
    find: 'this.#groups.delete(id);\n        return group.members;',
    replace: 'setTimeout(() => this.#groups.delete(id));\n        return group.members;',
  },
  {
    name: 'only the last group of an entry is looked at',
    file: 'group',
    find: 'for (const group of groups)\n        if (group.dead !== undefined)\n            return false;\n    return true;',
    replace: 'return groups.at(-1).dead === undefined;',
  },
  {
    name: 'an entry is asked of a group of its own',
    file: 'group',
    find: 'if (group === undefined)\n            this.#groups.set(id,',
    replace: 'this.#groups.set(id,',
  },
  {
    name: 'a group leaves its index with the first of its members',
    file: 'group',
    find: 'group.members === 0 && this.#groups.get(id) === group',
    replace: 'this.#groups.get(id) === group',
  },
  {
    name: 'a group that lost its members takes the one of the same name with it',
    file: 'group',
    find: 'group.members === 0 && this.#groups.get(id) === group',
    replace: 'group.members === 0',
  },
  {
    name: 'an entry that leaves stays a member',
    file: 'holdings',
    find: 'this.ages.remove(entry);\n            this.#memberships.leave(entry);',
    replace: 'this.ages.remove(entry);',
  },
  {
    name: 'a load whose value is not stored stays a member',
    file: 'loading',
    find: 'if (!stored)\n            this.#host.leave(flight);',
    replace: '',
  },
  {
    name: 'a load whose value is stored leaves its groups',
    file: 'loading',
    find: 'if (!stored)\n            this.#host.leave(flight);',
    replace: 'this.#host.leave(flight);',
  },
  {
    name: 'a member joins its groups when its value is stored',
    file: 'holdings',
    find: 'new Entry(values, this.#memberships.join(values))',
    replace: 'new Entry(values, undefined)',
  },
  {
    name: 'a load that ended can be joined',
    file: 'loading',
    find: 'if (this.#latest.get(flight.id) === flight)\n            this.#latest.delete(flight.id);',
    replace: '',
  },
  {
    name: 'the end of a covered load takes the newer one with it',
    file: 'loading',
    find: 'if (this.#latest.get(flight.id) === flight)\n            this.#latest.delete(flight.id);',
    replace: 'this.#latest.delete(flight.id);',
  },
  {
    name: 'loads are not shared',
    file: 'cache',
    find: 'if (running !== undefined && this.#mayJoin(running, now))\n            return running;',
    replace: '',
  },
  {
    name: 'an invalidated value stands in for a failing load',
    file: 'holdings',
    find: 'if (this.lookup.get(entry.values()) !== replaces)\n            return undefined;',
    replace: '',
  },
  {
    name: 'a value of an invalidated group stands in for a failing load',
    file: 'holdings',
    find: 'now >= this.#clock.servedUntil || isCovered(replaces)',
    replace: 'now >= this.#clock.servedUntil',
  },
  {
    name: 'a value stands in for a failing load although nothing is trusted',
    file: 'holdings',
    find: 'now >= this.#clock.servedUntil || isCovered(replaces)',
    replace: 'isCovered(replaces)',
  },
  {
    name: 'a value is served past its time',
    file: 'cache',
    find: 'clock.time >= entry.due ||',
    replace: '',
  },
  {
    name: 'a value is served although nothing is trusted',
    file: 'timekeeper',
    find: 'if (time >= this.#trustedUntil)\n            return false;',
    replace: '',
  },
  {
    name: 'a value is served on the long way although nothing is trusted',
    file: 'holdings',
    find: 'return now < this.#clock.servedUntil && this.#clock.count(now) < entry.until',
    replace: 'return this.#clock.count(now) < entry.until',
  },
  {
    name: 'an older entry of the same params stays',
    file: 'store',
    find: "this.remove(before, judge(before, now) ?? 'replaced', now);",
    replace: '',
  },
  {
    name: 'an entry that left is still found',
    file: 'store',
    find: 'this.#order.remove(entry);\n        this.#settings.ceiling',
    replace: 'this.#settings.ceiling',
  },
  {
    name: 'an entry that is gone is still looked up',
    file: 'store',
    find: 'this.lookup.remove(entry);',
    replace: '',
  },
  {
    name: 'removing an entry removes its whole chain',
    file: 'lookup',
    find: 'if (entry.peer === undefined)\n                this.#chains.delete(entry.first);',
    replace: 'if (true)\n                this.#chains.delete(entry.first);',
  },
  {
    name: 'a chain answers for the second param of another entry',
    file: 'lookup',
    find: 'while (entry !== undefined && entry.rest !== second)',
    replace: 'while (false)',
  },
  {
    name: 'groups are called by the wrong param',
    file: 'memberships',
    find: 'places.map((place) => values[place])',
    replace: 'places.map((place) => values[1 - place])',
  },
  {
    name: 'an invalidation rejects who waits',
    file: 'loading',
    find: 'flight.covered = true;',
    replace: "flight.covered = true; flight.reject(new Error('invalidated'));",
  },
  {
    name: 'a failing load is tried as if it had given nothing',
    file: 'loading',
    find: 'if (substitute === undefined) {\n            flight.reject(error);',
    replace: 'if (substitute === undefined) {\n            flight.resolve(undefined);',
  },
  {
    name: 'a covered load never ends for who waits',
    file: 'loading',
    find: 'this.#counters.fenced += 1;',
    replace: '{ this.#end(flight, false); return; }',
  },
  {
    name: 'an entry that a read found due is served past its end',
    file: 'background',
    find: 'entry.due = entry.until;',
    replace: 'entry.due = Infinity;',
  },
  {
    name: 'an entry that leaves stays among those that are due',
    file: 'background',
    find: 'this.#upkeep.remove(entry);',
    replace: '',
  },
  {
    name: 'making everything wrong leaves what is due',
    file: 'background',
    find: 'this.#upkeep.clear();',
    replace: '',
  },
  {
    name: 'an entry of a set that leaves stays its member',
    file: 'upkeep',
    find: 'members?.delete(entry);',
    replace: '',
  },
  {
    name: 'what is due again is in two buckets',
    file: 'upkeep',
    find: 'const number = this.#bucketOf(dueTime(entry, this.#share));',
    replace: 'const number = this.#bucketOf(entry.due);',
  },
  {
    name: 'a reload waits for no load under way',
    file: 'cache',
    find: 'if (running !== undefined && this.#mayJoin(running, now))',
    replace: 'if (running !== undefined && !isAnew && this.#mayJoin(running, now))',
  },
  {
    name: 'what is warmed or reloaded is not shared with readers',
    file: 'cache',
    find: 'if (running !== undefined && this.#mayJoin(running, now))',
    replace: 'if (running !== undefined && !running.isAnew && this.#mayJoin(running, now))',
  },
  {
    name: 'several values come to the wrong keys',
    file: 'loading',
    find: 'const value = values[index];',
    replace: 'const value = values[values.length - 1 - index];',
  },
  {
    name: 'what fails for one key of several is its value',
    file: 'loading',
    find: 'if (value instanceof Error)',
    replace: 'if (false)',
  },
  {
    name: 'a reload takes over what was held, whatever came meanwhile',
    file: 'loading',
    find: 'this.#host.isCurrent(flight))\n                stored =',
    replace: '(flight.isAnew || this.#host.isCurrent(flight)))\n                stored =',
  },
]
