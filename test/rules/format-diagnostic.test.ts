import test from 'ava'
import { formatDiagnostic } from '../../src/rules/format-diagnostic.ts'
import { createSource, rangeOf } from '../../src/rules/source.ts'
import type { Diagnostic } from '../../src/rules/diagnostic.ts'

function diagnose(text: string, start: number, end: number, hint?: string): Diagnostic {
  const range = rangeOf(createSource('a.yaml', text), { start, end })
  return { severity: 'error', code: 'unknown-key', message: 'No.', hint, file: 'a.yaml', range }
}

test('place, code, message, line, caret and hint are printed', (t) => {
  const text = 'one\n  two: three\n'
  t.is(
    formatDiagnostic(diagnose(text, 11, 16, 'Do this.'), text),
    'a.yaml:2:8 error unknown-key  No.\n  2 |   two: three\n    |        ^^^^^\n  hint: Do this.',
  )
})

test('the caret stands under its character after tabs, wide characters and combining marks', (t) => {
  const text = '\t漢字e\u0301😀x: y'
  const carets = formatDiagnostic(diagnose(text, 7, 8), text).split('\n')[2]
  t.is(carets, `    | ${' '.repeat(4 + 4 + 1 + 2)}^`)
  const wide = formatDiagnostic(diagnose(text, 1, 3), text).split('\n')[2]
  t.is(wide, `    | ${' '.repeat(4)}^^^^`)
})

test('an empty range, one at the end of the line, and one over lines have a caret', (t) => {
  t.is(formatDiagnostic(diagnose('a: ', 3, 3), 'a: ').split('\n')[2], '    |    ^')
  t.is(
    formatDiagnostic(diagnose('a:\n  b: c\n  d: e\n', 5, 17), 'a:\n  b: c\n  d: e\n').split('\n')[2],
    '    |   ^^^^',
  )
})

test('a long line is cut to the part that matters', (t) => {
  const text = `${'x'.repeat(5000)}here${'y'.repeat(5000)}`
  const [, line = '', carets = ''] = formatDiagnostic(diagnose(text, 5000, 5004), text).split('\n')
  t.true(line.length < 140)
  t.is(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1), 'here')
})

test('what would move a terminal’s cursor is shown as a replacement character', (t) => {
  const text = 'a: \u001B[2J\u202Eb'
  t.false(/[\u001B\u202E]/.test(formatDiagnostic(diagnose(text, 0, 1), text)))
})

test('colours are used only when they are asked for', (t) => {
  const one = diagnose('a: b', 0, 1, 'Do this.')
  t.false(formatDiagnostic(one, 'a: b').includes('\u001B'))
  t.true(formatDiagnostic(one, 'a: b', { color: true }).includes('\u001B[31merror'))
})
