/** Builds the window and the confirm window; runs unit tests in Node and component tests in a real Chromium. */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

/** Absolute, since Vite resolves some of these from `root` and some from where it was started. */
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Set by `npm test` once it has found or installed a Chromium. */
const executablePath = process.env['DAIMON_CHROMIUM'] ?? '/usr/bin/chromium';
const launchOptions = {
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
};

export default defineConfig({
  root: 'src-renderer',
  base: './',
  plugins: [svelte({ configFile: here('svelte.config.js') })],
  build: {
    outDir: '../dist/window',
    emptyOutDir: true,
    target: 'chrome140',
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { index: here('src-renderer/index.html'), confirm: here('src-renderer/confirm/index.html') },
    },
  },
  test: {
    root: '.',
    projects: [
      {
        test: {
          name: 'node',
          include: ['src-main/**/*.test.ts', 'test/unit/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          // Generous: on two busy cores a test may wait longer than it works.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        // Found at the start: otherwise Vite prepares them in the middle of a first run and reloads the page under it.
        optimizeDeps: {
          include: [
            'axe-core',
            'devalue',
            'marked',
            'valibot',
            'katex',
            'highlight.js/lib/core',
            'highlight.js/lib/languages/*',
          ],
        },
        test: {
          name: 'window',
          include: ['src-renderer/**/*.test.ts'],
          testTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: [{ browser: 'chromium' }],
            provider: playwright({ launchOptions }),
          },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
