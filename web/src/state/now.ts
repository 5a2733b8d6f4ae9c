/** The time, ticking once a second for everything that shows one. */
import { ref } from 'vue'

export const now = ref(Date.now())

setInterval(() => {
  now.value = Date.now()
}, 1000)
