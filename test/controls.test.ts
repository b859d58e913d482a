import test from 'ava'
import { createControls } from '../src/controls.ts'

const control = (name: string) => ({ kind: 'control', control: name, nonce: 'n' }) as const

test('a control message reaches who acts on it, until the undo', (t) => {
  const heard: string[] = []
  const controls = createControls(() => t.fail())
  const undo = controls.handle('warm', ({ nonce }) => heard.push(nonce))
  t.true(controls.receive(control('warm')))
  undo()
  t.false(controls.receive(control('warm')))
  t.deepEqual(heard, ['n'])
})

test('a control message that nobody acts on is nobody’s', (t) => {
  t.false(createControls(() => t.fail()).receive(control('toString')))
})

test('a handler that throws is reported, and harms nobody', (t) => {
  const errors: unknown[] = []
  const controls = createControls((error) => errors.push(error))
  const failure = new Error('no')
  controls.handle('clear', () => {
    throw failure
  })
  t.true(controls.receive(control('clear')))
  t.deepEqual(errors, [failure])
})
