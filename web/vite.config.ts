import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

// The Host stays the page's own: the server compares it with the Origin of what changes something.
const server = { target: 'http://127.0.0.1:8000', changeOrigin: false }

/** The app is asked for along with the entry, which waits for a paint before it takes it: else it would come later. */
const appAtOnce: Plugin = {
  name: 'app-at-once',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle = {} }) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk')
      const entry = chunks.find(({ isEntry }) => isEntry)
      const app = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith('/src/app/start.tsx'))
      if (!app) throw new Error('The app is no chunk of its own.')
      const scripts = [app.fileName, ...app.imports].filter(
        (name) => name !== entry?.fileName && !entry?.imports.includes(name),
      )
      const styles = new Set(
        chunks
          .filter(({ fileName }) => scripts.includes(fileName))
          .flatMap(({ viteMetadata }) => [...(viteMetadata?.importedCss ?? [])]),
      )
      const link = (rel: string, name: string) => ({
        tag: 'link',
        attrs: { rel, href: `/${name}`, crossorigin: true },
        injectTo: 'head' as const,
      })
      return [
        ...scripts.map((name) => link('modulepreload', name)),
        ...[...styles].map((name) => link('stylesheet', name)),
      ]
    },
  },
}

export default defineConfig({
  plugins: [react(), appAtOnce],
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
