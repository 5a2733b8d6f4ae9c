import { createApp } from 'vue'
import App from '@/App.vue'
import { keepForOffline } from '@/offline/register'
import '@/theme/tokens.css'
import '@/theme/base.css'
import '@/theme/map.css'

createApp(App).mount('#app')

addEventListener('load', () => {
  // Later than anything that is looked at; and a browser that refuses takes nothing away.
  setTimeout(() => {
    keepForOffline().catch(() => undefined)
  }, 2_000)
})
