/** Where one is, as the page's fragment: `#/chat/<id>`, `#/knows/passage-12`, `#/own/models`, `#/settings/left`. */

import type { Id } from '../../src-main/wire/schema.ts';

/** The places whose rooms stand. The number is the one of the seven places in the design, so that it never shifts. */
export const rooms = [
  { room: 'chat', digit: 1, below: false },
  { room: 'knows', digit: 2, below: false },
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

/** What of Knows is asked for: everything, the sheet that adds, the search field, one place, or a document. */
export type KnowsPart =
  | { readonly part: 'all' | 'add' | 'search' }
  | { readonly part: 'place'; readonly place: Id }
  /** From its beginning. */
  | { readonly part: 'document'; readonly document: number }
  /** A document, opened at this passage. */
  | { readonly part: 'passage'; readonly passage: number };

/** `''`, `add`, `search`, a place's id, `document-3`, `passage-12`; anything else is everything. */
export function readKnows(within: string): KnowsPart {
  if (within === 'add' || within === 'search') return { part: within };
  if (/^[0-9A-HJKMNP-TV-Z]{26}$/.test(within)) return { part: 'place', place: within as Id };
  const [, kind, digits] = /^(document|passage)-(\d{1,15})$/.exec(within) ?? [];
  if (kind === 'document') return { part: kind, document: Number(digits) };
  if (kind === 'passage') return { part: kind, passage: Number(digits) };
  return { part: 'all' };
}

/** Leads to a passage in its document, with the passage lit: what a quote or a search result opens. */
export const passageHash = (passage: number): string => placeHash('knows', `passage-${passage}`);
export const documentHash = (document: number): string => placeHash('knows', `document-${document}`);
