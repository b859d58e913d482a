import { fileURLToPath } from 'node:url'

/** The project's folder; tests run from `dist/test`. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
