import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The page as the gateway serves it: nothing inlined, so that the strictest content security policy holds (S-11). */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    // What a build spends its time in is no news to who runs `npm start` for the first time.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
});
