// Keeps the pages usable without signal: the shell, its files, and the ground of the map that was seen last.
// Browsers run this on https (and localhost) only. Nothing about people is ever kept here: only what is named below.

const FILES = 'yike-files-3'
const GROUND = 'yike-ground-1'
/** All pages are this one file. It is asked for where nobody has to sign in: other addresses may lead away first,
    and a browser refuses to open what it got by a detour. */
const SHELL = '/nearby'
const PAGES = ['/', '/wall', '/plan', '/work', '/nearby', '/report', '/admin', '/sign-in']
/** About twenty screens of map. */
const MOST_TILES = 600
const MOST_FILES = 80
/** Longer than this and the hand is waiting: show what is kept. */
const PATIENCE_MS = 4000
/** The service varies its answers by Origin and encoding; what is kept is the same thing whoever asks. */
const ANYWAY = { ignoreVary: true }

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(FILES).then((cache) => cache.add(SHELL)).then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  const known = [FILES, GROUND]
  const forget = caches.keys().then((names) => Promise.all(names.filter((n) => !known.includes(n)).map((n) => caches.delete(n))))
  event.waitUntil(forget.then(() => self.clients.claim()))
})

// What a page had fetched before this script was in charge.
self.addEventListener('message', (event) => {
  const files = event.data?.files
  if (Array.isArray(files)) event.waitUntil(keepFiles(files))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate') {
    if (PAGES.includes(url.pathname)) event.respondWith(freshOr(request, FILES, SHELL, MOST_FILES))
  } else if (url.pathname.startsWith('/assets/')) event.respondWith(keptOr(request))
  else if (isGround(url.pathname)) event.respondWith(freshOr(request, GROUND, request, MOST_TILES))
})

/** Streets, houses, styles and the catalogue: what a map is made of, and no state of anything. */
function isGround(path) {
  return (
    path.startsWith('/styles/') ||
    path === '/api/v1/device-kinds' ||
    path === '/api/v1/incident-categories' ||
    /^\/tiles\/(area|ground|street|building|facility)(,|%2C|\.|\/)/.test(path)
  )
}

async function freshOr(request, name, key, most) {
  const cache = await caches.open(name)
  try {
    // A page that wants signing in answers with a redirect, which passes through: the browser follows it by itself.
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) })
    if (response.status === 200 && !response.redirected) {
      await cache.put(key, response.clone())
      await prune(cache, most)
    }
    return response
  } catch (error) {
    const kept = await cache.match(key, ANYWAY)
    if (kept) return kept
    throw error
  }
}

async function keptOr(request) {
  const cache = await caches.open(FILES)
  const kept = await cache.match(request, ANYWAY)
  if (kept) return kept
  const response = await fetch(request)
  if (response.status === 200) {
    await cache.put(request, response.clone())
    await prune(cache, MOST_FILES)
  }
  return response
}

async function keepFiles(files) {
  const cache = await caches.open(FILES)
  for (const file of files) if (!(await cache.match(file, ANYWAY))) await cache.add(file)
}

/** The oldest go first. */
async function prune(cache, most) {
  const keys = await cache.keys()
  for (const key of keys.slice(0, Math.max(0, keys.length - most))) await cache.delete(key)
}
