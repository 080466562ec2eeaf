/** What the palette offers besides conversations and words: the places that stand, and what can be done right now. */
import type { Core } from '../core/doors.ts';
import { placeHash, type Room } from '../core/route.ts';
import type { Session } from '../core/session.svelte.ts';
import { say } from '../messages/index.ts';

export interface Offered {
  readonly id: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** Other words to find it by. */
  readonly also?: string;
  /** Where the focus goes afterwards; without it, back to where it was. */
  readonly to?: 'page' | 'field';
  readonly act: () => void | Promise<unknown>;
}

const words = say.find.palette;

/** Every place of the rooms that stand. */
export function placesOf(session: Session): Offered[] {
  const at = (id: keyof typeof words.places, room: Room, within = '', also = ''): Offered => ({
    id: placeHash(room, within),
    label: words.places[id],
    also,
    to: 'page',
    act: () => session.go(room, within),
  });
  const { also } = words;
  return [
    at('chat', 'chat'),
    at('knows', 'knows', '', also.knows),
    at('own', 'own'),
    at('keys', 'own', 'keys', also.keys),
    at('models', 'own', 'models', also.models),
    at('settings', 'settings', '', also.settings),
    at('bring', 'settings', 'bring', also.bring),
    at('personas', 'settings', 'personas', also.personas),
    at('left', 'settings', 'left', also.left),
    at('about', 'settings', 'about', also.about),
  ];
}

export interface CommandOptions {
  readonly core: Core;
  readonly session: Session;
  /** Opens the sheet before an export: of one conversation, or of all. */
  readonly onexport: (conversation: string | undefined) => void;
}

/** What can be done, as things are now. */
export function commandsOf({ core, session, onexport }: CommandOptions): Offered[] {
  const { commands: said, also } = words;
  const { settings, place, work, conversations } = session;
  const open = place.room === 'chat' ? conversations.find(place.within.split('-')[0]!) : undefined;
  const themes = (['light', 'dark', 'system'] as const).filter((theme) => theme !== settings?.theme);
  const cut = settings?.cut ?? false;
  const list: (Offered | false | undefined)[] = [
    { id: 'fresh', label: said.fresh, also: also.fresh, to: 'field', act: () => session.begin() },
    {
      id: 'temporary', label: said.temporary, hint: said.temporarySo, also: also.temporary, to: 'field',
      act: () => session.begin({ temporary: true }),
    },
    open && !open.temporary && {
      id: 'pin', label: open.pinned ? said.unpin : said.pin, hint: open.title,
      act: () => core['assistant.place']({ id: open.id, pinned: !open.pinned }),
    },
    open && { id: 'export', label: said.exportThis, hint: open.title, act: () => onexport(open.id) },
    { id: 'search-files', label: said.searchFiles, also: also.searchFiles, act: () => session.go('knows', 'search') },
    { id: 'add-folder', label: said.addFolder, also: also.addFolder, act: () => session.go('knows', 'add') },
    { id: 'bring', label: said.bring, to: 'page', act: () => session.go('settings', 'bring') },
    { id: 'export-all', label: said.exportAll, also: also.bring, act: () => onexport(undefined) },
    ...work.models
      .filter(({ id, chat }) => chat && id !== settings?.model)
      .map(({ id, name }) => ({
        id: `use-${id}`, label: said.use(name), also: also.use, act: () => session.use(id),
      })),
    ...themes.map((theme) => ({
      id: `theme-${theme}`, label: said[theme], also: also.theme, act: () => core['settings.set']({ theme }),
    })),
    { id: 'cut', label: cut ? said.allow : said.cut, also: also.cut, act: () => core['dial.cut']({ on: !cut }) },
    { id: 'lock', label: said.lock, also: also.lock, act: () => core['vault.lock']({}) },
  ]; // prettier-ignore
  return list.filter((one): one is Offered => typeof one === 'object');
}
