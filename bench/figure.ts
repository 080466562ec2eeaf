/** One measured figure; `bound` in words, `holds` false where it falls short, null where it cannot be judged here. */
export type Figure = { name: string; value: number; unit: string; bound?: string; holds?: boolean | null };
