import type { Events, Listener } from './events.ts'

/** Hands events to listeners; a listener that throws harms neither the others nor the runtime. */
export type Emitter = {
  readonly emit: <K extends keyof Events>(kind: K, event: Events[K]) => void
  /** Returns the undo. */
  readonly on: <K extends keyof Events>(kind: K, listener: Listener<K>) => () => void
  readonly has: (kind: keyof Events) => boolean
}

export function createEmitter(): Emitter {
  const listeners = new Map<keyof Events, Set<(event: never) => void>>()
  const emit: Emitter['emit'] = (kind, event) => {
    for (const listener of listeners.get(kind) ?? []) {
      try {
        listener(event as never)
      } catch (error) {
        if (kind !== 'error') emit('error', { error })
      }
    }
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
    has: (kind) => (listeners.get(kind)?.size ?? 0) > 0,
  }
}
