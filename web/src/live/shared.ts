/** The shared worker: holds one connection an area for all tabs, and the state for those who join later. */
import { Board } from '@/live/board'
import type { LiveBody } from '@/live/rows'
import { BEAT_MS, listenAlone, type Asked, type Subject, type Told } from '@/live/source'
import type { Health } from '@/live/stream'

/** A tab that reloads is back within this time: its connection is kept for it. */
const LINGER_MS = 5_000

class Channel {
  private readonly ports = new Set<MessagePort>()
  private readonly board = new Board()
  private readonly end: () => void
  private hasSnapshot = false
  private health: Health = { state: 'connecting' }

  constructor(subject: Subject) {
    this.end = listenAlone(subject, {
      onSnapshot: (snapshot) => {
        this.board.snapshot(snapshot)
        this.hasSnapshot = true
        this.tell({ snapshot })
      },
      onDelta: (delta) => {
        this.board.delta(delta)
        this.tell({ delta })
      },
      onHealth: (health) => {
        this.health = health
        this.tell({ health })
      },
      // News and no state: whoever joins after signing in again must not hear of it.
      onSignedOut: () => {
        this.tell({ signedOut: true })
      },
    })
  }

  join(port: MessagePort): void {
    this.ports.add(port)
    port.postMessage({ health: this.health } satisfies Told)
    if (this.hasSnapshot) port.postMessage({ snapshot: this.present() } satisfies Told)
  }

  /** Let a tab go; true when it was the last. */
  leave(port: MessagePort): boolean {
    return this.ports.delete(port) && this.ports.size === 0
  }

  get isEmpty(): boolean {
    return this.ports.size === 0
  }

  close(): void {
    this.end()
  }

  tell(message: Told): void {
    for (const port of this.ports) port.postMessage(message)
  }

  /** The state in the shape of the stream. */
  private present(): LiveBody {
    const { devices, incidents, workers } = this.board
    return {
      seq: 0,
      devices: [...devices.values()].map((d) => [d.id, d.status, d.since, d.lon, d.lat, d.kind, d.severity, d.orderState]),
      incidents: [...incidents.values()].map((i) => [i.id, 'open', i.kind, i.lon, i.lat, i.severity, i.orderState]),
      workers: [...workers.values()].map((w) => [w.id, w.lon, w.lat, w.at]),
      tiles: {},
    }
  }
}

/** By account as well: whoever signs in next must not see for a moment what the one before saw. */
const channels = new Map<string, Channel>()

function attend(port: MessagePort): void {
  let joined: string | null = null
  const leave = () => {
    if (joined === null) return
    const left = joined
    joined = null
    if (channels.get(left)?.leave(port)) setTimeout(closeIfEmpty, LINGER_MS, left)
  }
  port.onmessage = ({ data }: MessageEvent<Asked>) => {
    leave()
    if (!('join' in data)) return
    joined = JSON.stringify([data.join.account, data.join.area])
    const channel = channels.get(joined) ?? new Channel(data.join)
    channels.set(joined, channel)
    channel.join(port)
  }
}

function closeIfEmpty(name: string): void {
  const channel = channels.get(name)
  if (!channel?.isEmpty) return
  channel.close()
  channels.delete(name)
}

setInterval(() => {
  for (const channel of channels.values()) channel.tell({ beat: true })
}, BEAT_MS)

// The scope of a shared worker; TypeScript knows either this one or that of a page.
const scope = globalThis as unknown as { onconnect: (event: MessageEvent) => void }
scope.onconnect = ({ ports: [port] }) => {
  if (port) attend(port)
}
