/** Builds one preload (`--mode preload`, `--mode confirm-preload`): a sandboxed one is a single CommonJS file that requires Electron alone. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Each by itself: built together, they would share a chunk, which a sandboxed preload cannot require.
export default defineConfig(({ mode }) => ({
  build: {
    outDir: at('dist/preload'),
    emptyOutDir: false,
    target: 'node24',
    minify: false,
    lib: { entry: at(`src-main/shell/electron/${mode}.ts`), formats: ['cjs'], fileName: () => `${mode}.cjs` },
    rollupOptions: { external: ['electron'] },
  },
}));
