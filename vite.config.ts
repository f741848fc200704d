// How the dashboard becomes the few files that browsers load: `npm run build` writes them to `dist/dashboard`.
import { join } from 'node:path'
import { defineConfig } from 'vite'

export default defineConfig({
  root: join(import.meta.dirname, 'src', 'dashboard'),
  base: '/app/',
  build: {
    outDir: join(import.meta.dirname, 'dist', 'dashboard'),
    emptyOutDir: true,
    target: 'es2022',
    // The policy that the server sends allows no inline script or style, and no data: URLs but images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
})
