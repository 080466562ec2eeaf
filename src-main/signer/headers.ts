/** Who may speak to the confirm window's server, and what it tells the browser to forbid. */
import type { IncomingMessage } from 'node:http';

/** Everything is off but the page's own script, style and requests; strings never become markup (Svelte's own policy apart). */
export const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types svelte-trusted-html',
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), hid=(), serial=(), display-capture=()',
  'x-frame-options': 'DENY',
};

/**
 * Whether a request may be looked at: our exact Host (a rebound name fails), and for POST our exact Origin and JSON, which
 * no form of another page can send. A page of another site may lead here (the redirect file does), but may not load
 * anything from here.
 */
export function mayAsk({ method, headers }: IncomingMessage, host: string): boolean {
  if (headers.host !== host) return false;
  const site = headers['sec-fetch-site'];
  const mine = site === undefined || site === 'same-origin';
  if (method === 'POST')
    return mine && headers.origin === `http://${host}` && headers['content-type'] === 'application/json';
  if (method !== 'GET') return false;
  const navigation = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return mine || site === 'none' || navigation;
}
