/** The numbers that describe a network. */

/** The shape of the network, as the memory estimate needs it. */
export interface Shape {
  readonly architecture: string;
  readonly purpose: 'chat' | 'embed';
  readonly blocks: number;
  readonly trainedContext: number;
  readonly width: number;
  readonly heads: number;
  /** Key-value heads of all blocks together: what a token costs in the context. */
  readonly kvHeads: number;
  readonly keyLength: number;
  readonly valueLength: number;
  readonly vocabulary: number;
  readonly experts: number;
  readonly expertsUsed: number;
}

/** What may differ from block to block. */
export interface Blocks {
  readonly heads: readonly number[];
  readonly kvHeads: readonly number[];
  readonly feedForward: readonly number[];
  readonly expertFeedForward: number | undefined;
}
