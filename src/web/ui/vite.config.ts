/** How the browser's part is built: `vite build src/web/ui` writes dist/web, which web/server serves. */
import { join } from 'node:path';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: join(import.meta.dirname, '../../../dist/web'),
    emptyOutDir: true,
    target: 'es2023',
    // From here on browsers know :dir() themselves; for older ones it becomes a list of languages, which is not the same.
    cssTarget: ['chrome120', 'firefox121', 'safari17'],
    // The content security policy allows no data: URLs outside of pictures, and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
