/** Which component is a room's page, and which its second column. Chat comes with the window, the others when first gone to. */
import type { Component } from 'svelte';
import type { Room } from '../core/route.ts';
import Chat from '../rooms/chat/Chat.svelte';
import ChatList from '../rooms/chat/List.svelte';

interface Standing {
  readonly Page: Component;
  readonly List: Component;
}
type Half = Promise<{ readonly default: Component }>;

const both = async (page: Half, list: Half): Promise<Standing> => ({
  Page: (await page).default,
  List: (await list).default,
});
const rooms: Readonly<Record<Room, () => Standing | Promise<Standing>>> = {
  chat: () => ({ Page: Chat, List: ChatList }),
  knows: () => both(import('../rooms/knows/Knows.svelte'), import('../rooms/knows/List.svelte')),
  own: () => both(import('../rooms/own/Own.svelte'), import('../rooms/own/List.svelte')),
  settings: () => both(import('../rooms/settings/Settings.svelte'), import('../rooms/settings/List.svelte')),
};
const here = new Map<Room, Standing>();

/** At once for a room that was gone to before, so that its page takes the focus without a gap. */
export function standing(room: Room): Standing | Promise<Standing> {
  const known = here.get(room) ?? rooms[room]();
  if (!(known instanceof Promise)) return known;
  return known.then((found) => {
    here.set(room, found);
    return found;
  });
}
