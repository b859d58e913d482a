import type { FeedName } from '../../src/manifest/manifest.ts'
import type { RuntimeOptions } from '../../src/options.ts'

/** How long things take, in milliseconds. */
export type Timing = {
  /** Of the runtime. */
  readonly options: Partial<RuntimeOptions> & Pick<RuntimeOptions, 'maxSilence' | 'heartbeatTimeout'>
  /** A network that is gone, a server that is slow, a lock that is held. */
  readonly outage: number
  /** A process that is stopped. */
  readonly stop: number
  /** A transaction that is open; another one begins when it ends. A start of `wal` waits for it. */
  readonly open: (feed: FeedName) => number
  /** Between two faults. */
  readonly calm: number
}

/** For a test run: everything happens, nothing takes long. */
export const SHORT: Timing = {
  options: {
    maxSilence: 2_700,
    heartbeatInterval: 200,
    heartbeatTimeout: 2_200,
    connectTimeout: 3_000,
    reconnectBase: 20,
    reconnectMax: 200,
    retention: 6_000,
    linkTimeout: 500,
  },
  outage: 700,
  stop: 2_900,
  open: () => 1_000,
  calm: 50,
}

export const LONG: Timing = {
  options: {
    maxSilence: 5_000,
    heartbeatInterval: 1_000,
    heartbeatTimeout: 2_000,
    connectTimeout: 2_000,
    reconnectBase: 50,
    reconnectMax: 1_000,
    retention: 10_000,
    linkTimeout: 1_000,
  },
  outage: 3_000,
  stop: 30_000,
  open: (feed) => (feed === 'wal' ? 1_000 : 15_000),
  calm: 2_000,
}
