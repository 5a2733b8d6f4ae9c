import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const service = process.env.YIKE_URL ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [vue()],
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
