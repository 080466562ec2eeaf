/** One measured figure and its bound, as every bench returns it. */
export type Figure = { name: string; value: number; unit: string; bound?: string; holds?: boolean | null };
