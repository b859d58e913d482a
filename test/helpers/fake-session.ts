import type { ListenHandlers, OpenSession } from '../../src/feed/listen-session.ts'

/** A listening connection that the test plays the server of. */
export type FakeSession = {
  readonly handlers: ListenHandlers
  readonly queries: string[]
  destroyed: boolean
  /** Channels that the server says the session listens to; what was listened to unless set. */
  listening: string[] | undefined
  /** Whether a heartbeat comes back. */
  echo: boolean
}

/** Opens fake sessions and keeps them; `refuse` makes the next attempts fail. */
export function createFakeServer() {
  const sessions: FakeSession[] = []
  const state = { refuse: false }
  const open: OpenSession = async (handlers) => {
    if (state.refuse) throw new Error('connection refused')
    const heard: string[] = []
    const session: FakeSession = { handlers, queries: [], destroyed: false, listening: undefined, echo: true }
    sessions.push(session)
    return await Promise.resolve({
      query: async (text, values = []) => {
        session.queries.push(text)
        const channel = /^LISTEN "(.*)"$/.exec(text)?.[1]
        if (channel !== undefined) heard.push(channel)
        if (text.includes('pg_notify') && session.echo) {
          queueMicrotask(() => handlers.notification(String(values[0]), String(values[1])))
        }
        const rows = (session.listening ?? heard).map((name) => ({ channel: name }))
        return await Promise.resolve({ rows })
      },
      destroy: () => {
        session.destroyed = true
      },
    })
  }
  return { open, sessions, state }
}
