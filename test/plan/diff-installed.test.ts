import test from 'ava'
import { diffInstalled, nameSteps } from '../../src/plan/diff-installed.ts'
import {
  type InstalledObject,
  makeUndo,
  type SharedObject,
  type TriggerObject,
  undoObjects,
} from '../../src/plan/installed.ts'

const shared = (name: string, create = 'v1'): SharedObject => ({ kind: 'shared', name, create, drop: '' })

const trigger = (table: string, more: Partial<TriggerObject> = {}): TriggerObject => ({
  kind: 'trigger',
  schema: 'public',
  table,
  operation: 'insert',
  function: `app_${table}`,
  head: 'head',
  body: 'body',
  comment: 'comment',
  trigger: 'stalemate_app',
  event: 'AFTER INSERT',
  triggerComment: 'comment',
  ...more,
})

const show = (before: readonly InstalledObject[], after: readonly InstalledObject[]): readonly string[] =>
  diffInstalled(before, after).map(
    ({ kind, object }) => `${kind} ${object.kind === 'shared' ? object.name : object.function}`,
  )

const CASES: Readonly<
  Record<string, readonly [readonly InstalledObject[], readonly InstalledObject[], readonly string[]]>
> = {
  'equal objects need no step': [[shared('a'), trigger('t')], [trigger('t'), shared('a')], []],
  'what is new is made, what is shared first': [[], [trigger('t'), shared('a')], ['share a', 'create app_t']],
  'what is gone is removed, what is shared last': [
    [shared('a'), trigger('t')],
    [],
    ['drop app_t', 'unshare a'],
  ],
  'a body is replaced': [[trigger('t')], [trigger('t', { body: 'other' })], ['replace app_t']],
  'a comment of a function is replaced with it': [
    [trigger('t')],
    [trigger('t', { comment: 'other' })],
    ['replace app_t'],
  ],
  'an event is bound anew without a drop': [
    [trigger('t')],
    [trigger('t', { event: 'AFTER UPDATE' })],
    ['rebind app_t'],
  ],
  'a name is free before another table takes it': [
    [trigger('t', { function: 'same' })],
    [trigger('u', { function: 'same' })],
    ['drop same', 'create same'],
  ],
  'what is shared is made anew where it is another': [[shared('a')], [shared('a', 'v2')], ['share a']],
}

for (const [title, [before, after, steps]] of Object.entries(CASES)) {
  test(title, (t) => {
    t.deepEqual(show(before, after), steps)
    t.deepEqual(undoObjects(after, makeUndo(before, after)), before)
  })
}

test('a migration is named by what it does', (t) => {
  const name = (before: readonly InstalledObject[], after: readonly InstalledObject[]): string =>
    nameSteps(diffInstalled(before, after))
  t.is(name([], [trigger('calls')]), 'watch_calls')
  t.is(name([], [trigger('calls'), trigger('agents'), trigger('leads')]), 'watch_agents_and_2_more')
  t.is(name([trigger('calls')], []), 'unwatch_calls')
  t.is(name([trigger('calls')], [trigger('calls', { body: '' })]), 'change_calls')
  t.is(name([trigger('calls')], [trigger('agents')]), 'change_agents_and_1_more')
  t.is(name([shared('a')], [shared('a', 'v2')]), 'shared')
  t.is(name([], [trigger('Größe der "Anrufe"', { schema: 'x' })]), 'watch_x_gr_e_der_anrufe')
  t.regex(name([], [trigger('é'), trigger('x'.repeat(63))]), /^[a-z0-9_]{1,60}$/)
})
