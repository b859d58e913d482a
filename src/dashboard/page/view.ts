import type { Model } from './store.ts'

/** One page of the page. */
export type View = {
  readonly name: string
  readonly title: string
  /** Fills `root`, which is empty; what it returns is called until another view is opened. */
  readonly open: (root: HTMLElement, model: Model) => OpenView
}

export type OpenView = { readonly draw: (model: Model) => void; readonly close: () => void }
