/** Which page is shown, and what of its state stands in the address, so that a link or a reload finds it again. */
import { computed, ref } from 'vue'

export const PAGES = ['/', '/wall', '/plan', '/work', '/visits', '/nearby', '/report', '/admin', '/docs', '/sign-in'] as const
export type Page = (typeof PAGES)[number]

/** Pages that nobody signs in for. */
export function isPublic(which: Page): boolean {
  return which === '/nearby' || which === '/report' || which === '/sign-in'
}

/** Where somebody wanted to go, as an address of this service; anything else leads to the entry. */
export function wayBack(wanted: string | null): string {
  const entry = `${location.origin}/`
  // One slash: two, or one and a backslash, name another host. So does what a browser makes of a hidden tab.
  if (!wanted || !/^\/(?![/\\])/.test(wanted) || !URL.canParse(wanted, entry)) return entry
  const found = new URL(wanted, entry)
  return found.origin === location.origin && found.pathname !== '/sign-in' ? found.href : entry
}

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
