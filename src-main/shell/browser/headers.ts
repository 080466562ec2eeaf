/** The headers of every answer, set against each way that a page can be made to do what its person did not want. */

/** Nothing is allowed that is not named. Svelte registers the one trusted-types policy itself. */
const policy = (socket: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self' ${socket}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types svelte-trusted-html',
  ].join('; ');

/** Powers that this window never asks for, so that nothing that got into it can. */
const REFUSED = [
  'accelerometer',
  'camera',
  'clipboard-read',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
];

/** @param host `127.0.0.1:PORT` of this server */
export const securityHeaders = (host: string): Readonly<Record<string, string>> => ({
  'content-security-policy': policy(`ws://${host}`),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': REFUSED.map((name) => `${name}=()`).join(', '),
  'cache-control': 'no-store',
});
