import test from 'ava'
import { guardLoader } from '../../src/replica/guard-loader.ts'
import { Positions } from '../../src/replica/positions.ts'
import { parsePosition, type Place } from '../../src/replica/server.ts'
import { createClock } from '../helpers/clock.ts'
import { createDeferred, settle } from '../helpers/deferred.ts'

const place = (position: number, change: Partial<Place> = {}): Place => ({
  system: '7',
  server: '7 primary',
  session: '7 primary 1',
  position: BigInt(position),
  isStandby: false,
  ...change,
})
const replica = (position: number, session = '7 standby 1'): Place =>
  place(position, { server: '7 standby', session, isStandby: true })

/** A guarded loader, by what the primary and the replica answer when they are asked; whether a value would be stored. */
function createBench(primary: () => Promise<Place> | Place, standby: () => Promise<Place> | Place) {
  const clock = createClock()
  const errors: unknown[] = []
  const failed = (error: unknown): void => void errors.push(error)
  const positions = new Positions(async () => await primary(), failed)
  const asked = { standby: 0 }
  const look = async (): Promise<Place> => {
    asked.standby += 1
    return await standby()
  }
  const guard = { cache: 'board', positions, look, clock, failed }
  const stored = async (during: () => void = () => {}): Promise<boolean> => {
    let life = Infinity
    const load = (): number => {
      during()
      return 1
    }
    const context = {
      signal: new AbortController().signal,
      stale: undefined,
      isAnew: false,
      limitLife: (ms: number) => void (life = Math.min(life, ms)),
    }
    const value = await guardLoader({ load }, guard).load({}, context)
    if (value !== 1) throw new Error('The value is not handed out.')
    return life > 0
  }
  positions.note('board')
  return { clock, positions, stored, asked, errors }
}

test('positions are read as they are printed', (t) => {
  t.is(parsePosition('0/0'), 0n)
  t.is(parsePosition('1/A'), 2n ** 32n + 10n)
  t.true(parsePosition('10/0') > parsePosition('9/FFFFFFFF'))
})

test('a value is stored at the place of the last applied change, and not before it', async (t) => {
  for (const [behind, expected] of [
    [-1, false],
    [0, true],
    [1, true],
  ] as const) {
    const { stored } = createBench(
      () => place(100),
      () => replica(100 + behind),
    )
    t.is(await stored(), expected, String(behind))
  }
})

test('another cluster, a server that was promoted, and one that crashed meanwhile prove nothing', async (t) => {
  let now = replica(200)
  const { stored } = createBench(
    () => place(100),
    () => now,
  )
  t.true(await stored())
  t.false(await stored(() => (now = replica(50, '7 standby 2'))), 'the session is another one')
  t.false(await stored(), 'and has replayed less')
  now = { ...replica(200), system: '8' }
  t.false(await stored())
  now = { ...replica(200), isStandby: false }
  t.false(await stored(), 'it takes no changes of the primary any more')
  now = place(0)
  t.true(await stored(), 'the primary itself needs no proof')
})

test('the place of a change is looked for after it, also when a look is under way', async (t) => {
  const looks = [createDeferred<Place>(), createDeferred<Place>()]
  let asked = 0
  const { positions, stored } = createBench(
    () => (looks[asked++] as (typeof looks)[number]).promise,
    () => replica(100),
  )
  positions.note('board')
  positions.note('board')
  t.is(asked, 1)
  const storing = stored()
  looks[0]?.resolve(place(50))
  await settle()
  t.is(asked, 2, 'one look for both')
  looks[1]?.resolve(place(150))
  t.false(await storing)
})

test('where the primary cannot tell, nothing is stored, and the load does not wait for long', async (t) => {
  let answer: () => Promise<Place> = () => Promise.reject(new Error('down'))
  const { stored, errors, clock, positions } = createBench(
    () => answer(),
    () => replica(100),
  )
  t.false(await stored())
  t.true(errors.length > 0)
  answer = () => Promise.resolve(place(50))
  t.true(await stored(), 'it is asked again')
  answer = () => new Promise(() => {})
  positions.note('board')
  const storing = stored()
  await settle()
  clock.advance(1_000)
  t.false(await storing)
})
