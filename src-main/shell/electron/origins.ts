/** Our two origins, and what may be loaded, saved and opened from them. Pure: every rule is a function of an address. */

/** A scheme of our own: no file of the disk, no port that another program could take. */
export const SCHEME = 'app';
export const WINDOW = `${SCHEME}://daimon`;
/** Apart from the window's, so that nothing of the window can reach into the confirm window. */
export const CONFIRM = `${SCHEME}://confirm`;
export type Origin = typeof WINDOW | typeof CONFIRM;

/** Longest address that a person can still read whole; beyond it a link is a way to carry data out. */
const LONGEST = 2048;

/** Whether a page of `origin` may load `url`: its own files, what it made itself, and pictures that are in the page. */
export const mayLoad = (url: string, origin: Origin): boolean =>
  url.startsWith(`${origin}/`) || url.startsWith(`blob:${origin}/`) || /^data:image\//i.test(url);

/** Whether `url` may be saved to disk, after a dialog: only what our own page put together. */
export const maySave = (url: string, origin: Origin): boolean => url.startsWith(`blob:${origin}/`);

/**
 * The address that may be handed to the person's browser; undefined for all others. It must be written as the parser
 * would write it, so that what was on screen is what opens; and a name before the host would show one host and lead to
 * another.
 */
export function outsideLink(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > LONGEST || !URL.canParse(text)) return undefined;
  const { protocol, username, password, href } = new URL(text);
  return protocol === 'https:' && username === '' && password === '' && href === text ? href : undefined;
}
