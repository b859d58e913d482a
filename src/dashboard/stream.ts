import type { Clock } from '../options.ts'

/** Milliseconds between two comments that keep proxies from closing a stream that is silent. */
const KEEP_ALIVE = 15_000
/** Pages that may be open at once. */
const MAX_VIEWERS = 50
/** Bytes that may wait for a page before it misses messages. */
const MAX_WAITING = 1_000_000

type Viewer = { readonly send: (text: string) => void; readonly end: () => void }

/** Server-sent events for every page that is open. */
export class Broadcast {
  readonly #viewers = new Set<Viewer>()
  readonly #clock: Clock
  #stopTimer: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get viewers(): number {
    return this.#viewers.size
  }

  send(event: string, data: unknown): void {
    if (this.#viewers.size === 0) return
    const text = format(event, data)
    for (const viewer of this.#viewers) viewer.send(text)
  }

  /** A stream that begins with a message and goes on with what is sent; `undefined` when too many are open. */
  open(event: string, data: unknown): Response | undefined {
    if (this.#viewers.size >= MAX_VIEWERS) return undefined
    const encoder = new TextEncoder()
    let viewer: Viewer | undefined
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          viewer = {
            send: (text) => {
              // A page that does not keep up asks for the whole state when it connects again.
              if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(text))
            },
            end: () => controller.close(),
          }
          this.#viewers.add(viewer)
          viewer.send(`retry: 1000\n\n${format(event, data)}`)
          this.#keepAlive()
        },
        cancel: () => {
          if (viewer !== undefined) this.#viewers.delete(viewer)
        },
      },
      { highWaterMark: MAX_WAITING, size: (chunk) => chunk.byteLength },
    )
    return new Response(stream, {
      headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
    })
  }

  close(): void {
    this.#stopTimer?.()
    for (const viewer of this.#viewers) viewer.end()
    this.#viewers.clear()
  }

  #keepAlive(): void {
    this.#stopTimer ??= this.#clock.after(KEEP_ALIVE, () => {
      this.#stopTimer = undefined
      for (const viewer of this.#viewers) viewer.send(': still here\n\n')
      if (this.#viewers.size > 0) this.#keepAlive()
    })
  }
}

function format(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
