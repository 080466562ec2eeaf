/** The headers of every page of the desktop shell: those of the browser shell, without any connection at all. */
import { securityHeaders } from '../browser/headers.ts';

const browser = securityHeaders('127.0.0.1:0');

/** The window speaks to the core over a port, so nothing on the page may connect anywhere, not even to its own origin. */
export const headers: Readonly<Record<string, string>> = {
  ...browser,
  'content-security-policy': browser['content-security-policy']!.replace(/connect-src [^;]+/, "connect-src 'none'"),
};
