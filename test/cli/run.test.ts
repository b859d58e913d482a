import test from 'ava'
import { runCommand } from '../helpers/io.ts'

const ESCAPE = /\u001B\[/

const commandHelp = test.macro<[string]>({
  exec: async (t, name: string) => {
    const { code, stdout, stderr } = await runCommand([name, '--help'])
    t.is(code, 0)
    t.is(stderr, '')
    t.regex(stdout, new RegExp(`^Usage: stalemate ${name}`))
    const [, examples] = stdout.split('\nExamples:\n')
    t.truthy(examples, 'has a section of examples')
    t.true(examples!.includes(`stalemate ${name}`))
    t.true(stdout.includes('--json'))
    t.true(stdout.includes('--no-color'))
  },
  title: (_title, name) => `the help of ${name} has examples and names the options of all commands`,
})

for (const name of ['init', 'pull', 'compile', 'check', 'apply', 'down', 'status', 'simulate', 'demo'])
  test(commandHelp, name)

test('help lists each command and the exit codes, on standard output', async (t) => {
  const { code, stdout, stderr } = await runCommand(['--help'])
  t.is(code, 0)
  t.is(stderr, '')
  for (const word of [
    'init',
    'pull',
    'compile',
    'check',
    'apply',
    'down',
    'status',
    'simulate',
    'demo',
    'Exit codes',
  ])
    t.true(stdout.includes(word), word)
})

test('help of a command is also had by the word help', async (t) => {
  t.deepEqual(await runCommand(['help', 'compile']), await runCommand(['compile', '--help']))
})

test('without a command the help goes to standard error, and the exit code is 2', async (t) => {
  const { code, stdout, stderr } = await runCommand([])
  t.is(code, 2)
  t.is(stdout, '')
  t.regex(stderr, /^Usage: stalemate/)
})

test('the version is that of the package', async (t) => {
  const { code, stdout } = await runCommand(['--version'])
  t.is(code, 0)
  t.regex(stdout, /^\d+\.\d+\.\d+\n$/)
})

const wrongUse = test.macro<[string, string, string]>({
  exec: async (t, line: string, message: string, hint: string) => {
    const { code, stdout, stderr } = await runCommand(line.split(' '))
    t.is(code, 2)
    t.is(stdout, '')
    t.is(stderr, `error usage: ${message}\nhint: ${hint}\n`)
  },
  title: (_title, line) => `wrong use gets exit code 2 and a hint: stalemate ${line}`,
})

test(wrongUse, 'complie', "Unknown command 'complie'.", 'Did you mean compile?')
test(wrongUse, 'qqqqqq', "Unknown command 'qqqqqq'.", 'stalemate --help shows what it takes.')
test(wrongUse, 'check --ruels x', "Unknown option '--ruels'.", 'Did you mean --rules?')
test(
  wrongUse,
  'check --out',
  "Option '--out <folder>' argument missing.",
  'stalemate check --help shows what it takes.',
)
test(
  wrongUse,
  'compile rules',
  "Too many arguments for 'compile'. Expected 0 arguments but got 1.",
  'stalemate compile --help shows what it takes.',
)
test(
  wrongUse,
  'apply --lock-timeout soon',
  "Option '--lock-timeout <duration>' argument 'soon' is invalid. It is a duration above zero, such as 500ms, 5s or 2m.",
  'stalemate apply --help shows what it takes.',
)

test('with --json wrong use is told as a document on standard output', async (t) => {
  const { code, stdout, stderr } = await runCommand(['check', '--json', '--ruels'], { terminal: true })
  t.is(code, 2)
  t.is(stderr, '')
  t.deepEqual(JSON.parse(stdout), {
    ok: false,
    error: { code: 'usage', message: "Unknown option '--ruels'.", hint: 'Did you mean --rules?' },
  })
})

test('a terminal gets colours in help and errors', async (t) => {
  t.regex((await runCommand(['--help'], { terminal: true })).stdout, ESCAPE)
  t.regex((await runCommand(['nope'], { terminal: true })).stderr, ESCAPE)
})

const colorless = test.macro(
  async (t, words: readonly string[], surroundings: { terminal: boolean; env?: Record<string, string> }) => {
    for (const line of [['--help'], [], ['nope'], ['compile', '--help']]) {
      const { stdout, stderr } = await runCommand([...words, ...line], surroundings)
      t.notRegex(stdout + stderr, ESCAPE)
    }
  },
)

test('there are no colours where output is no terminal', colorless, [], { terminal: false })
test('NO_COLOR takes the colours from a terminal', colorless, [], { terminal: true, env: { NO_COLOR: '1' } })
test('--no-color takes the colours from a terminal', colorless, ['--no-color'], { terminal: true })
test('a dumb terminal gets no colours', colorless, [], { terminal: true, env: { TERM: 'dumb' } })

test('an empty NO_COLOR counts as not set', async (t) => {
  t.regex((await runCommand(['--help'], { terminal: true, env: { NO_COLOR: '' } })).stdout, ESCAPE)
})

test('the stack of an error is printed only when asked for', async (t) => {
  const line = ['compile', '--rules', 'nowhere']
  t.notRegex((await runCommand(line)).stderr, /^ {4}at /m)
  t.regex((await runCommand([...line, '--debug'])).stderr, /^ {4}at /m)
  t.regex((await runCommand(line, { env: { DEBUG: 'stalemate' } })).stderr, /^ {4}at /m)
})
