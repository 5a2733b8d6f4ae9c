/** Day and night. The wall has a look of its own, which nobody switches. */
import { computed, ref, watchEffect } from 'vue'
import { page } from '@/router'

export type Theme = 'day' | 'night' | 'wall'

const STORED = 'yike.theme'
const dark = matchMedia('(prefers-color-scheme: dark)')
const chosen = ref(read())
const isDarkOutside = ref(dark.matches)
dark.addEventListener('change', (event) => (isDarkOutside.value = event.matches))

export const theme = computed<Theme>(() => {
  if (page.value === '/wall') return 'wall'
  if (chosen.value) return chosen.value
  // The phone pages are read in the sun; a phone that is dark by habit does not change that.
  return (page.value === '/' || page.value === '/sign-in') && isDarkOutside.value ? 'night' : 'day'
})

export function setTheme(next: 'day' | 'night'): void {
  chosen.value = next
  localStorage.setItem(STORED, next)
}

watchEffect(() => {
  document.documentElement.dataset.theme = theme.value
})

function read(): 'day' | 'night' | null {
  const stored = localStorage.getItem(STORED)
  return stored === 'day' || stored === 'night' ? stored : null
}
