import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// The Host stays the page's own: the server compares it with the Origin of what changes something.
const server = { target: 'http://127.0.0.1:8000', changeOrigin: false }

export default defineConfig({
  plugins: [react()],
  server: { proxy: { '/api': server, '/signin': server } },
  build: {
    target: 'es2023',
    // light-dark() and nesting are native here: without this they would be lowered to something longer.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // The polyfill would be one more script for browsers that none of the targets above is.
    modulePreload: { polyfill: false },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/test/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    // A busy machine is slow, not wrong.
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
})
