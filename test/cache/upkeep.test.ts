import test from 'ava'
import { Entry } from '../../src/cache/entry.ts'
import { Upkeep } from '../../src/cache/upkeep.ts'

const TTL = 10_000

/** A held entry that counts how often somebody looks at when it was loaded. */
function createEntry(id: number, loadedAt: number, looked: () => void): Entry<string> {
  const entry = new Entry<string>([id], undefined)
  entry.until = loadedAt + TTL
  Object.defineProperty(entry, 'loadedAt', {
    get() {
      looked()
      return loadedAt
    },
  })
  return entry
}

test('what a sweep costs grows with the entries that are due, not with those that are held', (t) => {
  for (const held of [100, 20_000]) {
    const upkeep = new Upkeep<string>({
      params: [{ name: 'id', type: 'int' }],
      partial: [],
      ttl: TTL,
      refresh: 0.8,
    })
    let looks = 0
    const looked = (): void => void (looks += 1)
    for (let id = 0; id < 10; id += 1) upkeep.add(createEntry(id, 0, looked))
    for (let id = 10; id < held; id += 1) upkeep.add(createEntry(id, 500 + (id % 5_000), looked))
    looks = 0
    t.is([...upkeep.sweep(8_000)].length, 10)
    t.true(looks <= 20, `${looks} looks among ${held}`)
    looks = 0
    t.is([...upkeep.sweep(8_400)].length, 0)
    t.true(looks <= 20, `${looks} looks among ${held}, of which none is due`)
  }
})
