import { createHash, timingSafeEqual } from 'node:crypto'

/** Who may ask, and who may act. */
export type GuardOptions = {
  /** Host names by which the page may be asked for; those of the loopback unless said otherwise. `any` for all. */
  readonly hosts?: readonly string[] | 'any'
  /** A secret of at least 16 characters that actions must bring. Without it the dashboard only shows. */
  readonly token?: string
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/**
 * Whether a request names a host that is ours. A page of somebody else that has its own name point to the loopback
 * (DNS rebinding) brings its own name.
 */
export function isHostAllowed(request: Request, { hosts = LOOPBACK }: GuardOptions): boolean {
  return hosts === 'any' || hosts.includes(new URL(request.url).hostname)
}

/**
 * Whether a request may act: it brings the token in a header that no form of another page can send, and does not come
 * from a page of another origin.
 */
export function isActionAllowed(request: Request, { token }: GuardOptions): boolean {
  if (token === undefined) return false
  const origin = request.headers.get('origin')
  if (origin !== null && !isSameHost(origin, request.url)) return false
  const given = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1]
  return given !== undefined && isSame(given, token)
}

/** An opaque origin, as that of a sandboxed frame, is the text `null` and nobody's host. */
function isSameHost(origin: string, url: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === new URL(url).host
}

/** Compared by digest, so that neither content nor length shows in the time it takes. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/** Headers of every answer. Nothing is loaded from elsewhere, nothing runs that is not a file of ours. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}
