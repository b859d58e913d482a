import { type Channel, channel } from 'node:diagnostics_channel'
import type { Events, Listener } from './events.ts'

/** Hands events to listeners; a listener that throws harms neither the others nor the runtime. */
export type Emitter = {
  readonly emit: <K extends keyof Events>(kind: K, event: Events[K]) => void
  /** Returns the undo. */
  readonly on: <K extends keyof Events>(kind: K, listener: Listener<K>) => () => void
  /** Whether somebody listens, so that what nobody hears need not be put together. */
  readonly has: (kind: keyof Events) => boolean
}

/** What is published on the channels of `node:diagnostics_channel`: the event, and whose it is. */
export type DiagnosticsMessage<K extends keyof Events> = Events[K] & { readonly ruleset: string }

/** Name of the channel of `node:diagnostics_channel` on which events of a kind are published. */
export function channelName(kind: keyof Events): string {
  return `stalemate:${kind}`
}

/** @param ruleset tells the events of several runtimes apart, which share the process's diagnostics channels */
export function createEmitter(ruleset: string): Emitter {
  const listeners = new Map<keyof Events, Set<(event: never) => void>>()
  const channels = new Map<keyof Events, Channel>()
  const channelOf = (kind: keyof Events): Channel => {
    let known = channels.get(kind)
    if (known === undefined) channels.set(kind, (known = channel(channelName(kind))))
    return known
  }
  const emit: Emitter['emit'] = (kind, event) => {
    for (const listener of listeners.get(kind) ?? []) {
      try {
        listener(event as never)
      } catch (error) {
        if (kind !== 'error') emit('error', { error })
      }
    }
    const published = channelOf(kind)
    // A subscriber that throws is reported by node itself, as an uncaught exception of its own.
    if (published.hasSubscribers) published.publish({ ...event, ruleset })
  }
  return {
    emit,
    on(kind, listener) {
      const set = listeners.get(kind) ?? new Set()
      listeners.set(kind, set)
      const own = (event: Parameters<typeof listener>[0]): void => listener(event)
      set.add(own)
      return () => set.delete(own)
    },
    has: (kind) => (listeners.get(kind)?.size ?? 0) > 0 || channelOf(kind).hasSubscribers,
  }
}
