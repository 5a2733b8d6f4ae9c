/** Tiles that changed: those on the map are asked for again at once, and no cache answers for any of them. */
import type { Map as LiveMap, MapSourceDataEvent, RequestParameters, VectorTileSource } from 'maplibre-gl'
import type { TileNews } from '@/live/rows'

/** Longer than a browser or a map may keep a tile without asking. */
const KEPT_MS = 90_000
const WHOLE = '*'
const REQUEST = /\/tiles\/([^/]+)\/(\d+\/\d+\/\d+)\.mvt/
const TEMPLATE = /\/tiles\/([^/]+)\/\{z\}/

export class Renewal {
  private map: LiveMap | null = null
  private readonly since = performance.now()
  /** When tiles of a layer changed, by z/x/y. */
  private readonly changed = new Map<string, Map<string, number>>()
  /** When a tile that had changed was last asked for, by address. */
  private readonly asked = new Map<string, number>()
  /** Tiles on their way, and since when. */
  private readonly coming = new Map<string, number>()
  private readonly sources = new Set<string>()

  watch(map: LiveMap): void {
    this.map = map
    map.on('sourcedataloading', this.onLoading)
    map.on('sourcedata', this.onLoaded)
    map.on('moveend', this.onMoved)
  }

  /** How to ask for an address. */
  readonly request = (url: string): RequestParameters => {
    const [, layers, id] = REQUEST.exec(decodeURIComponent(url)) ?? []
    if (!layers || !id) return { url }
    // The page is told of its devices' state: it asks when a cluster is old, and before its max-age has passed.
    if (layers === 'device_status') return { url, cache: 'no-cache' }
    const now = performance.now()
    const isChanged = this.changedAt(layers, id) !== null
    if (isChanged) this.asked.set(url, now)
    // What the browser kept from before this page listened may have changed unheard.
    return isChanged || now < this.since + KEPT_MS ? { url, cache: 'no-cache' } : { url }
  }

  take(news: TileNews): void {
    const now = performance.now()
    this.forget(now - KEPT_MS)
    for (const [layer, ids] of Object.entries(news)) {
      const times = this.changed.get(layer) ?? new Map<string, number>()
      this.changed.set(layer, times)
      for (const id of ids) times.set(id, now)
    }
    for (const source of this.sources) {
      const told = this.layersOf(source)?.map((layer) => news[layer] ?? []) ?? []
      if (told.some((ids) => ids.includes(WHOLE))) this.map?.refreshTiles(source)
      else this.refresh(source, new Set(told.flat()))
    }
  }

  private readonly onLoading = (event: MapSourceDataEvent): void => {
    const source = event.source as { type: string }
    if (source.type === 'vector') this.sources.add(event.sourceId)
    const id = idOf(event)
    if (id) this.coming.set(`${event.sourceId} ${id}`, performance.now())
  }

  /** What was asked for before it changed may be what it was before. */
  private readonly onLoaded = (event: MapSourceDataEvent): void => {
    const id = idOf(event)
    const began = this.coming.get(`${event.sourceId} ${id}`)
    if (!id || began === undefined) return
    this.coming.delete(`${event.sourceId} ${id}`)
    const changed = this.changedAt(this.layersOf(event.sourceId)?.join() ?? '', id)
    if (changed !== null && changed > began) this.refresh(event.sourceId, new Set([id]))
  }

  /** What comes back on the screen out of the map's own memory may have changed meanwhile. */
  private readonly onMoved = (): void => {
    for (const source of this.sources) {
      const layers = this.layersOf(source)
      if (!layers) continue
      const ids = layers.flatMap((layer) => [...(this.changed.get(layer)?.keys() ?? [])])
      const old = ids.filter((id) => {
        const url = this.source(source)?.tiles[0]?.replace(/\{z\}\/\{x\}\/\{y\}/, id)
        return (this.asked.get(url ?? '') ?? 0) < (this.changedAt(layers.join(), id) ?? 0)
      })
      this.refresh(source, new Set(old))
    }
  }

  private refresh(source: string, ids: Set<string>): void {
    const tiles = [...ids].filter((id) => id !== WHOLE).map((id) => {
      const [z = 0, x = 0, y = 0] = id.split('/').map(Number)
      return { z, x, y }
    }) // prettier-ignore
    if (tiles.length > 0) this.map?.refreshTiles(source, tiles)
  }

  private changedAt(layers: string, id: string): number | null {
    const times = layers.split(',').flatMap((layer) => {
      const of = this.changed.get(layer)
      return [of?.get(id), of?.get(WHOLE)].filter((time) => time !== undefined)
    })
    return times.length > 0 ? Math.max(...times) : null
  }

  private layersOf(source: string): string[] | null {
    const template = this.source(source)?.tiles[0]
    return (template && TEMPLATE.exec(decodeURIComponent(template))?.[1]?.split(',')) || null
  }

  /** A source that is there: a change of style takes all of them away for a moment. */
  private source(id: string): { tiles: string[] } | null {
    const found = this.map?.getSource<VectorTileSource>(id)
    return found?.tiles ? found : null
  }

  private forget(before: number): void {
    for (const times of [...this.changed.values(), this.asked, this.coming]) {
      for (const [key, time] of times) if (time < before) times.delete(key)
    }
  }
}

function idOf(event: MapSourceDataEvent): string | null {
  const { canonical } = (event.coord as { canonical: { z: number; x: number; y: number } } | undefined) ?? {}
  return canonical ? `${canonical.z}/${canonical.x}/${canonical.y}` : null
}
