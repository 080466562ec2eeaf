/** Only the wire's own tests, for `npm run mutation`: no window, no browser, nothing that mutants do not touch. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'wire',
    include: ['src-main/wire/**/*.test.ts'],
    // The one measures processes of their own, where no mutant lives; the other is the compiler's.
    exclude: ['src-main/wire/memory.test.ts', 'src-main/wire/contract.test.ts'],
    isolate: false,
    env: { DAIMON_MUTATION: '1' },
    testTimeout: 5_000,
  },
});
