/** Builds the two preloads: sandboxed ones are CommonJS, one file each, with nothing but Electron left to require. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  build: {
    outDir: at('dist/preload'),
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    lib: {
      entry: {
        preload: at('src-main/shell/electron/preload.ts'),
        'confirm-preload': at('src-main/shell/electron/confirm-preload.ts'),
      },
      formats: ['cjs'],
      fileName: (_format, name) => `${name}.cjs`,
    },
    rollupOptions: { external: ['electron'] },
  },
});
