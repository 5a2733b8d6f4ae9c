/** The time, ticking once a second for everything that shows one. */
import { ref } from 'vue'

export const now = ref(Date.now())
let isHeld = false

/** While the past is shown its time is now; null lets the clock run again. */
export function holdNow(at: number | null): void {
  isHeld = at !== null
  now.value = at ?? Date.now()
}

setInterval(() => {
  if (!isHeld) now.value = Date.now()
}, 1000)
