/** Where the live state comes from: one connection shared by all tabs of a browser, or one's own.

Over HTTP/1.1 a browser opens six connections to a host: with a stream in each, the seventh tab would freeze. */
import { address } from '@/api/client'
import type { LiveBody } from '@/live/rows'
import { LiveStream, type Health } from '@/live/stream'

export interface SourceHandlers {
  onSnapshot(body: LiveBody): void
  onDelta(body: LiveBody): void
  onHealth(health: Health): void
  onSignedOut(): void
}

/** What is listened to: an area (null: all one may see), as seen by an account. */
export interface Subject {
  area: string | null
  account: string | null
}

/** From the shared worker to a tab. */
export type Told = { snapshot: LiveBody } | { delta: LiveBody } | { health: Health } | { signedOut: true } | { beat: true }
/** From a tab to the shared worker. */
export type Asked = { join: Subject } | { leave: true }

/** The worker says every so often that it is there; a tab that hears nothing makes a connection of its own. */
export const BEAT_MS = 10_000
const PATIENCE_MS = 45_000

/** Begin to listen; the answer ends it. */
export function listen(subject: Subject, handlers: SourceHandlers): () => void {
  return 'SharedWorker' in globalThis ? listenTogether(subject, handlers) : listenAlone(subject, handlers)
}

export function listenAlone({ area }: Subject, handlers: SourceHandlers): () => void {
  const stream = new LiveStream(address('/api/v1/live', { query: { area } }), {
    onEvent: ({ name, data }) => {
      // After a `reset` comes a snapshot, and a snapshot replaces everything: until then what is shown stays.
      if (name === 'snapshot') handlers.onSnapshot(JSON.parse(data) as LiveBody)
      else if (name === 'delta') handlers.onDelta(JSON.parse(data) as LiveBody)
    },
    onHealth: (health) => {
      handlers.onHealth(health)
    },
    onSignedOut: () => {
      handlers.onSignedOut()
    },
  })
  stream.open()
  return () => {
    stream.close()
  }
}

function listenTogether(subject: Subject, handlers: SourceHandlers): () => void {
  let end: (() => void) | null = null
  let heardAt = Date.now()
  const worker = new SharedWorker(new URL('./shared.ts', import.meta.url), { type: 'module', name: 'yike-live' })
  const ask = (message: Asked) => {
    worker.port.postMessage(message)
  }
  const join = () => {
    ask({ join: subject })
  }
  const leave = () => {
    ask({ leave: true })
  }
  const goAlone = () => {
    release()
    end = listenAlone(subject, handlers)
  }
  const watch = setInterval(() => {
    if (Date.now() - heardAt > PATIENCE_MS) goAlone()
  }, BEAT_MS)
  const release = () => {
    clearInterval(watch)
    removeEventListener('pagehide', leave)
    removeEventListener('pageshow', onShow)
    leave()
    worker.port.close()
  }
  // A page taken out of the browser's history joins again.
  const onShow = (event: PageTransitionEvent) => {
    if (event.persisted) join()
  }

  worker.onerror = goAlone
  worker.port.onmessage = ({ data }: MessageEvent<Told>) => {
    heardAt = Date.now()
    if ('snapshot' in data) handlers.onSnapshot(data.snapshot)
    else if ('delta' in data) handlers.onDelta(data.delta)
    else if ('health' in data) handlers.onHealth(data.health)
    else if ('signedOut' in data) handlers.onSignedOut()
  }
  addEventListener('pagehide', leave)
  addEventListener('pageshow', onShow)
  join()
  return () => {
    if (end) end()
    else release()
  }
}
