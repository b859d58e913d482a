import test from 'ava'
import { runCommand } from '../helpers/io.ts'

const wrongSeconds = test.macro({
  exec: async (t, text: string) => {
    const { code, stderr } = await runCommand(['demo', '--seconds', text])
    t.is(code, 2)
    t.regex(stderr, /a number from 1 to 600/)
  },
  title: (_title, text: string) => `a demo of ${JSON.stringify(text)} seconds is wrong use`,
})

for (const text of ['0', '601', 'ten', '']) test(wrongSeconds, text)
