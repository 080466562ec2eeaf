/** A library that keeps nothing: what it reads is real, what it finds is nothing. */
import type { Library, Reading } from '../../src-main/library/ports.ts';

export const shelfless = <T extends Reading>(reading: T): T & Library => ({
  ...reading,
  search: async () => [],
  async *passages() {},
  forgetting: () => () => {},
});
