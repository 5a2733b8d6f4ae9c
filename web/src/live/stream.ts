/** The connection to the live stream: its own reconnect loop, and whether what is shown is still true.

Not `EventSource`: that gives up for good after one 503, and hides the comments that tell quiet from dead. */
import { EventParser, type ServerEvent } from '@/live/sse'

/** The service sends something every 15 s; after this much silence the picture is old. */
export const STALE_AFTER_MS = 40_000
/** A connection that comes back within this time was never worth a word. */
const HUSH_MS = 4_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000

export type Health =
  | { state: 'connecting' }
  | { state: 'live' }
  | { state: 'reconnecting'; since: number }
  | { state: 'stale'; since: number }

export interface StreamHandlers {
  onEvent(event: ServerEvent): void
  onHealth(health: Health): void
  /** The service says that nobody is signed in (any more). */
  onSignedOut(): void
}

export class LiveStream {
  private heardAt: number | null = null
  private isConnected = false
  private lastEventId = ''
  private request: AbortController | null = null
  private watch: ReturnType<typeof setInterval> | null = null
  private wakeUp: (() => void) | null = null
  private isClosed = false
  private told = ''

  constructor(
    private readonly url: string,
    private readonly handlers: StreamHandlers,
  ) {}

  open(): void {
    this.watch = setInterval(this.look, 1_000)
    addEventListener('online', this.hurry)
    void this.run()
  }

  close(): void {
    this.isClosed = true
    if (this.watch !== null) clearInterval(this.watch)
    removeEventListener('online', this.hurry)
    this.request?.abort()
    this.wakeUp?.()
  }

  private async run(): Promise<void> {
    let pause = FIRST_PAUSE_MS
    while (!this.isClosed) {
      const began = Date.now()
      try {
        await this.listen()
      } catch {
        // Refused, cut off or silent: all the same here. `look` tells how old the picture is.
      }
      this.isConnected = false
      this.look()
      // A stream that stood for a while was healthy: begin again with the short pause.
      pause = Date.now() - began > LONGEST_PAUSE_MS ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS)
      await this.rest(pause * (0.75 + Math.random() / 2))
    }
  }

  private async listen(): Promise<void> {
    this.request = new AbortController()
    const headers: Record<string, string> = { Accept: 'text/event-stream' }
    if (this.lastEventId) headers['Last-Event-ID'] = this.lastEventId
    const response = await fetch(this.url, { headers, cache: 'no-store', signal: this.request.signal })
    if (response.status === 401) this.handlers.onSignedOut()
    if (!response.ok || !response.body) throw new Error(`${response.status}`)
    const parser = new EventParser()
    const reader = response.body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done || this.isClosed) return
      this.isConnected = true
      this.heardAt = Date.now()
      this.look()
      for (const event of parser.push(value)) {
        this.handlers.onEvent(event)
        // Only after it was taken in: what failed half-way is asked for again.
        this.lastEventId = event.id
      }
    }
  }

  /** Judge how old the picture is; tell only when that changed. */
  private readonly look = (): void => {
    const health = this.judge()
    const key = JSON.stringify(health)
    if (key !== this.told) {
      this.told = key
      this.handlers.onHealth(health)
    }
  }

  private judge(): Health {
    if (this.heardAt === null) return { state: 'connecting' }
    const silence = Date.now() - this.heardAt
    if (silence > STALE_AFTER_MS) {
      // A connection may stand open with nobody at the other end: let it go and try anew.
      if (this.isConnected) this.request?.abort()
      return { state: 'stale', since: this.heardAt }
    }
    if (!this.isConnected && silence > HUSH_MS) return { state: 'reconnecting', since: this.heardAt }
    return { state: 'live' }
  }

  private rest(ms: number): Promise<void> {
    if (this.isClosed) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  private readonly hurry = (): void => this.wakeUp?.()
}
