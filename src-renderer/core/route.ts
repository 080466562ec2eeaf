/** Where one is, as the page's fragment: `#/chat/<id>`, `#/own/models`, `#/settings/left`. */

/** The places whose rooms stand. The number is the one of the seven places in the design, so that it never shifts. */
export const rooms = [
  { room: 'chat', digit: 1, below: false },
  { room: 'own', digit: 5, below: false },
  { room: 'settings', digit: 7, below: true },
] as const;
export type Room = (typeof rooms)[number]['room'];

export interface Place {
  readonly room: Room;
  /** A conversation's id, or the name of a part of the room; '' for the room itself. */
  readonly within: string;
}

export const home: Place = { room: 'chat', within: '' };

/** Anything that is not a place of ours is home. */
export function readPlace(hash: string): Place {
  const [, room, within = ''] = /^#\/([a-z]+)(?:\/([\w-]*))?$/.exec(hash) ?? [];
  const known = rooms.find((one) => one.room === room);
  return known ? { room: known.room, within } : home;
}

export const placeHash = (room: Room, within = ''): string => (within ? `#/${room}/${within}` : `#/${room}`);

/** A place that something outside asked for, `own/models` or `#/own/models`; undefined unless it is exactly one of ours. */
export function askedPlace(asked: string): Place | undefined {
  const hash = asked.startsWith('#/') ? asked : `#/${asked}`;
  const place = readPlace(hash);
  return placeHash(place.room, place.within) === hash ? place : undefined;
}
