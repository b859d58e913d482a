import type { ChangeBatch } from '../changes.ts'
import type { Point } from '../history.ts'
import type { Now, PageState, ShownGap } from '../state.ts'

/** Changes that are listed at most. */
const LISTED = 200
const POINTS = 720

export type Connection = 'connecting' | 'live' | 'lost'

/** What the page knows; views are told when it has changed, at most once a frame. */
export type Model = {
  readonly state: PageState
  readonly connection: Connection
  /** Changes a second, over the last moments. */
  readonly rate: number
  /** Rises when the server has other rules, or allows something else, than before. */
  readonly generation: number
}

const base = document.documentElement.dataset['base'] ?? ''

let state: PageState | undefined
let connection: Connection = 'connecting'
let rate = 0
let generation = 0
let described = ''
let lastBatch = 0
let drawn = true
const listeners = new Set<(model: Model) => void>()

function changed(): void {
  if (!drawn || state === undefined) return
  drawn = false
  requestAnimationFrame(() => {
    drawn = true
    if (state === undefined) return
    for (const listener of listeners) listener({ state, connection, rate, generation })
  })
}

export function subscribe(listener: (model: Model) => void): () => void {
  listeners.add(listener)
  if (state !== undefined) listener({ state, connection, rate, generation })
  return () => listeners.delete(listener)
}

/** Asks for JSON under the page's address. */
export async function ask<T>(path: string): Promise<T> {
  const response = await fetch(`${base}/api/${path}`)
  const body = (await response.json()) as T & { readonly message?: string }
  if (!response.ok) throw new Error(body.message ?? `The server answered ${response.status}.`)
  return body
}

export type Outcome = {
  readonly message: string
  readonly token?: string
  readonly ok: boolean
  readonly status: number
}

/** Asks for an action, with the secret that the person has typed in. Never fails: what went wrong is the message. */
export async function act(name: string, body: unknown, secret: string): Promise<Outcome> {
  try {
    const response = await fetch(`${base}/api/actions/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${encodeURIComponent(secret)}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const result = (await response.json()) as { message: string; token?: string }
    return { ...result, ok: response.ok, status: response.status }
  } catch {
    return { message: 'The server did not answer; nothing is known to be done.', ok: false, status: 0 }
  }
}

function merge(counts: ChangeBatch['edges'], more: ChangeBatch['edges']): ChangeBatch['edges'] {
  const sum = new Map(counts.map(([from, to, times]) => [`${from}\0${to}`, times]))
  for (const [from, to, times] of more) sum.set(`${from}\0${to}`, (sum.get(`${from}\0${to}`) ?? 0) + times)
  return [...sum].map(([edge, times]) => {
    const [from = '', to = ''] = edge.split('\0')
    return [from, to, times] as const
  })
}

function addChanges(current: PageState, batch: ChangeBatch): PageState {
  const now = performance.now()
  const seconds = Math.max(0.25, (now - lastBatch) / 1_000)
  rate = 0.7 * rate + 0.3 * (batch.count / seconds)
  lastBatch = now
  const changes = [...batch.changes.toReversed(), ...current.changes].slice(0, LISTED)
  return { ...current, changes, traffic: merge(current.traffic, batch.edges) }
}

/** Milliseconds until a stream is opened anew that the browser has given up. */
const AGAIN = 2_000

function take(next: PageState): void {
  const { ruleset, caches, edges, acts, explains, databaseOnly } = next
  const description = JSON.stringify([ruleset, caches, edges, acts, explains, databaseOnly])
  if (description !== described) generation += 1
  described = description
  state = next
  connection = 'live'
  changed()
}

/** Opens the stream. It connects again by itself, and is opened anew where an answer has made the browser give it up. */
export function connect(): void {
  const source = new EventSource(`${base}/api/events`)
  const on = (event: string, next: (current: PageState, data: unknown) => PageState): void => {
    source.addEventListener(event, (message) => {
      if (state === undefined) return
      state = next(state, JSON.parse((message as MessageEvent<string>).data))
      changed()
    })
  }
  source.addEventListener('state', (message) =>
    take(JSON.parse((message as MessageEvent<string>).data) as PageState),
  )
  source.addEventListener('error', () => {
    connection = 'lost'
    changed()
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN)
  })
  on('changes', (current, batch) => addChanges(current, batch as ChangeBatch))
  on('now', (current, now) => {
    if (performance.now() - lastBatch > 2_000) rate = 0
    return { ...current, ...(now as Now) }
  })
  on('gap', (current, gap) => ({ ...current, gaps: [gap as ShownGap, ...current.gaps].slice(0, 50) }))
  on('point', (current, point) => ({
    ...current,
    points: [...current.points, point as Point].slice(-POINTS),
  }))
}
