import { readFileSync } from 'node:fs'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'

const service = process.env.YIKE_URL ?? 'http://127.0.0.1:8000'

/** Leaflet, for the report that `yike coverage` writes into one file; its pictures are put into the style. */
function reportParts(): Plugin {
  const read = (name: string) => readFileSync(new URL(`./node_modules/leaflet/dist/${name}`, import.meta.url))
  return {
    name: 'report-parts',
    apply: 'build',
    generateBundle() {
      const style = read('leaflet.css')
        .toString()
        .replace(/url\((images\/[^)]+)\)/g, (_, name: string) => `url(data:image/png;base64,${read(name).toString('base64')})`)
      const script = read('leaflet.js').toString().replace(/\n\/\/# sourceMappingURL=.*/, '')
      this.emitFile({ type: 'asset', fileName: 'report/leaflet.css', source: style })
      this.emitFile({ type: 'asset', fileName: 'report/leaflet.js', source: script })
    },
  }
}

export default defineConfig({
  plugins: [vue(), reportParts()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  build: {
    target: 'es2022',
    // Swagger UI and MapLibre are large and loaded only where they are used.
    chunkSizeWarningLimit: 2000,
  },
  server: {
    proxy: Object.fromEntries(
      // The host is kept, so that the styles' absolute addresses come back through this server.
      ['/api', '/tiles', '/tiles.json', '/styles', '/openapi.json'].map((path) => [path, { target: service }]),
    ),
  },
})
