import test from 'ava'
import { StalemateError } from '../../src/errors.ts'
import { decodeMessage, encodeControl } from '../../src/wire/decode.ts'

test('a change names its targets', (t) => {
  t.deepEqual(
    decodeMessage(
      '{"v":1,"t":"calls","o":"update","d":[["dashboard",["user_id"],["a","b"]],["report","max-keys"]]}',
    ),
    {
      kind: 'change',
      table: 'calls',
      operation: 'update',
      targets: [
        { kind: 'bindings', cache: 'dashboard', params: ['user_id'], values: ['a', 'b'] },
        { kind: 'all', cache: 'report', reason: 'max-keys' },
      ],
    },
  )
})

test('a link names the path that a reader finds the params over', (t) => {
  t.deepEqual(
    decodeMessage(
      '{"v":1,"t":"leads","o":"insert","d":[["dashboard",{"l":"00ff","n":2},["1","a","2","b"]]]}',
    ),
    {
      kind: 'change',
      table: 'leads',
      operation: 'insert',
      targets: [{ kind: 'links', cache: 'dashboard', path: '00ff', values: ['1', 'a', '2', 'b'] }],
    },
  )
})

test('a control message survives the way', (t) => {
  const control = { kind: 'control', control: 'canary', nonce: 'n"1' } as const
  t.deepEqual(decodeMessage(encodeControl(control)), control)
  const full = { ...control, body: { sets: ['a', null, 1.5, true] } }
  t.deepEqual(decodeMessage(encodeControl(full)), full)
})

test('a control message that a feed could not carry is refused by its bytes', (t) => {
  const control = (body: string) => encodeControl({ kind: 'control', control: 'warm', nonce: 'n', body })
  const room = 7_899 - Buffer.byteLength(control(''))
  t.notThrows(() => control('a'.repeat(room)))
  t.throws(() => control('ä'.repeat(room)), { instanceOf: StalemateError, code: 'control-too-long' })
})

const MALFORMED = [
  '',
  'hello',
  'null',
  '[]',
  '{}',
  '{"v":2,"t":"calls","o":"update","d":[]}',
  '{"v":1,"t":5,"o":"update","d":[]}',
  '{"v":1,"t":"calls","o":"upsert","d":[]}',
  '{"v":1,"t":"calls","o":"update","d":{}}',
  '{"v":1,"t":"calls","o":"update","d":[[]]}',
  '{"v":1,"t":"calls","o":"update","d":[["c"]]}',
  '{"v":1,"t":"calls","o":"update","d":[["c","because"]]}',
  '{"v":1,"t":"calls","o":"update","d":[["c",[],[]]]}',
  '{"v":1,"t":"calls","o":"update","d":[["c",["a","b"],["1"]]]}',
  '{"v":1,"t":"calls","o":"update","d":[["c",["a"],[1]]]}',
  '{"v":1,"t":"calls","o":"update","d":[["c",{"l":"a","n":1}]]}',
  '{"v":1,"t":"calls","o":"update","d":[["c",{"l":5,"n":1},["1"]]]}',
  '{"v":1,"t":"calls","o":"update","d":[["c",{"l":"a","n":2},["1"]]]}',
  '{"v":1,"t":"calls","o":"update","d":[["c",{"l":"a","n":0},["1"]]]}',
  '{"v":1,"t":"calls","o":"update","d":[["c",{"l":"a","n":0.5},["1"]]]}',
  '{"v":1,"t":"calls","o":"update","d":[["c",{"l":"a","n":"1"},["1"]]]}',
  '{"v":1,"t":"calls","o":"update","d":[["c",{"l":"a","n":1},[1]]]}',
  '{"v":1,"t":"calls","o":"update","d":[["c",null,["1"]]]}',
  '{"v":1,"c":5,"n":"x"}',
  '{"v":1,"c":"canary"}',
]
for (const text of MALFORMED) {
  test(`${text === '' ? 'an empty text' : text} is refused, not guessed at`, (t) => {
    const error = t.throws(() => decodeMessage(text), { instanceOf: StalemateError })
    t.is(error.code, 'wire-invalid')
  })
}
