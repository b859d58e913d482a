import type { Control } from './wire/change.ts'

/** Acts on a control message. Anybody who may notify can send one: the body must be read with validation. */
export type ControlHandler = (control: Control) => void

/** Who acts on which control message. */
export type Controls = {
  /** Calls `handler` for each message of this name; returns the undo. A name has one handler. */
  readonly handle: (name: string, handler: ControlHandler) => () => void
  /** Whether somebody acts on it. One of a later version is nobody's. */
  readonly receive: (control: Control) => boolean
}

/** @param failed told of what a handler throws */
export function createControls(failed: (error: unknown) => void): Controls {
  // What `stalemate watch` measures the way of a message with is for its own ears.
  const handlers = new Map<string, ControlHandler>([['probe', () => {}]])
  return {
    handle(name, handler) {
      handlers.set(name, handler)
      return () => handlers.delete(name)
    },
    receive(control) {
      const handler = handlers.get(control.control)
      if (handler === undefined) return false
      try {
        handler(control)
      } catch (error) {
        failed(error)
      }
      return true
    },
  }
}
