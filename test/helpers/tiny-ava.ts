import assert from 'node:assert/strict'

/** A test that a file has declared. */
export type Declared = { readonly title: string; readonly body: (t: TinyContext) => unknown }

type Macro = { readonly exec: (t: TinyContext, ...args: never[]) => unknown; readonly title: (provided: string | undefined, ...args: never[]) => string } // prettier-ignore

/** What of ava's context the tests of the background work use; here a failing assertion throws. */
export type TinyContext = ReturnType<typeof createContext>['t']

const declared: Declared[] = []

/** Takes the place of ava where test files are run against code with a fault in it. */
export default function test(first: string | Macro, second?: unknown, ...args: unknown[]): void {
  if (typeof first === 'string') declared.push({ title: first, body: second as Declared['body'] })
  else {
    const given = [second, ...args] as never[]
    declared.push({ title: first.title(undefined, ...given), body: (t) => first.exec(t, ...given) })
  }
}
test.macro = (macro: Macro): Macro => macro

/** The tests that were declared since the last call. */
export function takeDeclared(): readonly Declared[] {
  return declared.splice(0)
}

/** Runs one test; throws what it fails with. */
export async function runDeclared({ body }: Declared): Promise<void> {
  const { t, teardown } = createContext()
  try {
    await body(t)
  } finally {
    await teardown()
  }
}

function createContext() {
  const undo: (() => unknown)[] = []
  const t = {
    is: (actual: unknown, expected: unknown, message?: string) => assert.ok(Object.is(actual, expected), message ?? `${String(actual)} is not ${String(expected)}`), // prettier-ignore
    not: (actual: unknown, other: unknown, message?: string) => assert.ok(!Object.is(actual, other), message),
    true: (actual: unknown, message?: string) => assert.equal(actual, true, message),
    false: (actual: unknown, message?: string) => assert.equal(actual, false, message),
    deepEqual: (actual: unknown, expected: unknown, message?: string) => assert.deepEqual(actual, expected, message), // prettier-ignore
    like: (actual: unknown, expected: unknown, message?: string) => assert.deepEqual(select(actual, expected), expected, message), // prettier-ignore
    regex: (actual: string, expected: RegExp, message?: string) => assert.match(actual, expected, message),
    throwsAsync: async (work: Promise<unknown>, expected: object) => {
      const error = await work.then(() => assert.fail('nothing was thrown'), (error: unknown) => error) // prettier-ignore
      assert.deepEqual(select(error, expected), expected)
      return error
    },
    throws: (work: () => unknown, expected: object = {}) => {
      let error: unknown
      try {
        work()
        assert.fail('nothing was thrown')
      } catch (thrown) {
        error = thrown
      }
      assert.deepEqual(select(error, expected), expected)
      return error
    },
    notThrows: (work: () => unknown) => void work(),
    truthy: (actual: unknown, message?: string) => assert.ok(actual, message),
    pass: () => {},
    fail: (message?: string) => assert.fail(message),
    log: () => {},
    timeout: () => {},
    teardown: (callback: () => unknown) => void undo.push(callback),
  }
  const teardown = async (): Promise<void> => {
    for (const callback of undo.splice(0).reverse()) await callback()
  }
  return { t, teardown }
}

/** Of `actual` only what `expected` names. */
function select(actual: unknown, expected: unknown): unknown {
  if (typeof expected !== 'object' || expected === null) return actual
  if (typeof actual !== 'object' || actual === null) return actual
  if (Array.isArray(expected))
    return (actual as unknown[]).map((item, place) => select(item, expected[place]))
  return Object.fromEntries(
    Object.entries(expected).map(([name, value]) => [
      name,
      select((actual as Record<string, unknown>)[name], value),
    ]),
  )
}
