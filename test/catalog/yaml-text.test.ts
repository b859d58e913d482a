import test from 'ava'
import { commentText, isWritable } from '../../src/catalog/yaml-text.ts'

test('a name with a character that rule files refuse is not written into one', (t) => {
  for (const name of ['a\u200Bb', 'a\u2028b', 'a\nb', 'a\uFFFDb']) {
    t.false(isWritable(name), JSON.stringify(name))
    t.is(commentText(name), 'a?b')
  }
  t.true(isWritable('名 前'))
})
