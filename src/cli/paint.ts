import { styleText } from 'node:util'
import type { OutputStream } from './io.ts'

type Style = Parameters<typeof styleText>[0]

/** Gives text a look where the output can show it, else returns it unchanged. */
export type Paint = (style: Style, text: string) => string

/**
 * Whether an output gets colours: only a terminal does, unless `NO_COLOR` is set to anything
 * (https://no-color.org) or the terminal calls itself dumb.
 */
export const showsColor = (
  stream: OutputStream,
  env: Readonly<Record<string, string | undefined>>,
): boolean => stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'

/** Makes the paint of an output; `color` as from {@link showsColor}. */
export const makePaint = (color: boolean): Paint =>
  color ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text
