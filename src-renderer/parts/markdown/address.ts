/** Decides which addresses in model text may be opened at all, and opens one after the person said yes. */
import { desktop } from '../../core/desktop.ts';
import type { Address } from './nodes.ts';

/** Longest address that a browser shows whole; beyond it a link is a way to carry data out. */
const LONGEST = 2048;

/** An http(s) address, parsed the way the browser will; undefined for everything else (javascript:, data:, relative …). */
export function addressOf(text: string): Address | undefined {
  // The URL parser drops tabs and newlines inside a scheme and would accept "https:host"; a written address has "//".
  if (text.length > LONGEST || !/^https?:\/\//i.test(text)) return undefined;
  try {
    const url = new URL(text);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
    return { href: url.href, host: url.host };
  } catch {
    return undefined;
  }
}

/** True when a link's words already are its address, so that the host need not be repeated. */
export const isBare = (words: string, { href, host }: Address): boolean =>
  words === href ||
  `${words}/` === href ||
  (words.replace(/^https?:\/\//i, '').startsWith(host) && href.endsWith(words.replace(/^https?:\/\//i, ''))) ||
  words === host;

/**
 * Opens an address in another tab. The anchor exists only for this click: on an http page (the loopback) Chromium looks
 * up the host of every anchor it sees, so an `href` in an answer would tell a name server what the model wrote.
 */
export function openAddress({ href }: Address): void {
  const shell = desktop();
  // The desktop shell opens https alone; a server that has nothing else says so in the browser.
  if (shell) return shell.openLink(href.replace(/^http:/, 'https:'));
  const anchor = document.createElement('a');
  anchor.href = href;
  anchor.rel = 'noreferrer noopener';
  anchor.target = '_blank';
  anchor.click();
}
