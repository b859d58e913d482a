import test from 'ava'
import { checksumOf } from '../../src/plan/checksum.ts'
import { Pieces } from '../../src/sql/pieces.ts'

const long = `${'-- a line of a migration €\n'.repeat(20_000)}end`

test('a checksum is of the text, in whatever pieces it is held', (t) => {
  for (const list of [
    [long],
    ['', long.slice(0, 7), long.slice(7)],
    [long.slice(0, -1), long.slice(-1)],
    long.split(/^/m),
  ])
    t.is(checksumOf(new Pieces(list)), checksumOf(long))
  t.not(checksumOf(new Pieces([long, 'x'])), checksumOf(long))
})

test('line ends do not count, also where a piece ends between their two characters', (t) => {
  t.is(checksumOf('a\r\nb'), checksumOf('a\nb'))
  t.is(checksumOf(new Pieces(['a\r', '\nb'])), checksumOf('a\nb'))
  t.not(checksumOf(new Pieces(['a\r', 'b'])), checksumOf('a\nb'))
})
