/** What a `daimon:` link can say: a place in the window, and nothing else. */

const ROOMS = new Set(['chat', 'own', 'settings']);
const PLACE = /^([a-z]{1,16})(?:\/([A-Za-z0-9-]{1,64}))?$/;
const LINK = /^daimon:(.{1,100})$/;

/**
 * A place as the window's fragment names it (`chat`, `own/models`, `chat/<id>`); undefined for everything else. A place
 * is only looked at: no verb, no text and no file can be named by one.
 */
export function placeOf(text: unknown): string | undefined {
  const [whole, room] = (typeof text === 'string' && PLACE.exec(text)) || [];
  return room !== undefined && ROOMS.has(room) ? whole : undefined;
}

/**
 * The place of a link that any web page or program may have written. There are no slashes in front, no encodings, no
 * question: what is not exactly a place is no link of ours.
 */
export const placeOfLink = (link: unknown): string | undefined =>
  placeOf(typeof link === 'string' ? LINK.exec(link)?.[1] : undefined);

/** The link in a command line: the system puts it last, after switches of Chromium's own. */
export const linkIn = (argv: readonly string[]): string | undefined => argv.find((one) => one.startsWith('daimon:'));

interface Early {
  once(event: 'open-url', on: (event: { preventDefault(): void }, link: string) => void): unknown;
}
/**
 * The command line, to which the link is added that macOS starts daimon with: it is told of before Electron is ready, so
 * whoever listens only then never hears of it.
 */
export function withEarlyLink(app: Early, argv: readonly string[]): readonly string[] {
  const all = [...argv];
  app.once('open-url', (event, link) => {
    event.preventDefault();
    all.push(link);
  });
  return all;
}
