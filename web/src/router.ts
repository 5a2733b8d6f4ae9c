/** Which page is shown, and what of its state stands in the address, so that a link or a reload finds it again. */
import { computed, ref } from 'vue'

export const PAGES = ['/', '/wall', '/plan', '/work', '/nearby', '/docs'] as const
export type Page = (typeof PAGES)[number]

const path = ref(location.pathname)
const search = ref(location.search)

addEventListener('popstate', () => {
  path.value = location.pathname
  search.value = location.search
})

export const page = computed<Page>(() => PAGES.find((known) => known === path.value) ?? '/')

export function go(next: Page): void {
  // The area goes along: whoever looks at a community keeps looking at it.
  const kept = new URLSearchParams(search.value)
  for (const name of [...kept.keys()]) if (name !== 'area') kept.delete(name)
  const query = kept.size > 0 ? `?${kept.toString()}` : ''
  history.pushState(null, '', `${next}${query}`)
  path.value = next
  search.value = query
}

/** One value of the address, readable and writable. */
export function parameter(name: string) {
  return computed<string | null>({
    get: () => new URLSearchParams(search.value).get(name),
    set: (value) => {
      const next = new URLSearchParams(search.value)
      if (value === null || value === '') next.delete(name)
      else next.set(name, value)
      const query = next.size > 0 ? `?${next.toString()}` : ''
      // The map writes the hash; it stays.
      history.replaceState(null, '', `${location.pathname}${query}${location.hash}`)
      search.value = query
    },
  })
}
