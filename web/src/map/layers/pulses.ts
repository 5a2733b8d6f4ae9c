/** The slow pulse of reds nobody has taken, and the soft farewell of those that turned blue again.

Elements over the map and not part of it: the browser animates them without drawing the map anew sixty times
a second, which a wall that runs for months would feel. Reduced motion switches them off in CSS. */
import { Marker, type Map } from 'maplibre-gl'
import type { Board, Changes } from '@/live/board'
import { REDS_FROM_ZOOM } from '@/map/layers/exceptions'
import type { MapLayer } from '@/map/stage'
import '@/map/layers/pulses.css'

/** More at once would be a carpet; the gravest come first. */
const MOST = 24
const FAREWELL_MS = 1_400
/** When hundreds recover in one message it is a load, not news. */
const MOST_FAREWELLS = 20

/** A red nobody has taken: a device's or a reported one. */
interface Waiting {
  key: string
  kind: string
  lon: number
  lat: number
  severity: number
}

export class Pulses implements MapLayer {
  private map: Map | null = null
  private readonly shown = new globalThis.Map<string, Marker>()
  private rows: Waiting[] = []

  constructor(private kind: string | null) {}

  add(map: Map): void {
    if (this.map === map) return
    this.map = map
    map.on('zoom', this.place)
    this.place()
  }

  remove(map: Map): void {
    map.off('zoom', this.place)
    this.map = null
    for (const marker of this.shown.values()) marker.remove()
    this.shown.clear()
  }

  show(kind: string | null): void {
    this.kind = kind
    this.place()
  }

  update(changes: Changes, board: Board): void {
    const devices = [...board.devices.values()].filter((row) => row.status === 'abnormal')
    const reports = [...board.incidents.values()].filter((row) => row.kind !== 'device_alarm')
    this.rows = [...devices.map(({ id, ...row }) => ({ ...row, key: `device ${id}` })),
      ...reports.map(({ id, ...row }) => ({ ...row, key: `report ${id}` }))]
      .filter((row) => row.orderState === null)
      .sort((a, b) => b.severity - a.severity) // prettier-ignore
    if (!changes.isSnapshot) this.bidFarewell(changes)
    this.place()
  }

  private bidFarewell(changes: Changes): void {
    const recovered = changes.devices.filter((change) => change.before?.status === 'abnormal' && change.after === null)
    if (!this.map || this.map.getZoom() < REDS_FROM_ZOOM || recovered.length > MOST_FAREWELLS) return
    for (const { before } of recovered) {
      if (!before || (this.kind !== null && before.kind !== this.kind)) continue
      const marker = new Marker({ element: element('calm'), opacityWhenCovered: '1' })
      marker.setLngLat([before.lon, before.lat]).addTo(this.map)
      setTimeout(() => marker.remove(), FAREWELL_MS)
    }
  }

  private readonly place = (): void => {
    if (!this.map) return
    const isVisible = this.map.getZoom() >= REDS_FROM_ZOOM
    const wanted = isVisible ? this.rows.filter((row) => this.kind === null || row.kind === this.kind).slice(0, MOST) : []
    const keys = new Set(wanted.map((row) => row.key))
    for (const [key, marker] of this.shown) {
      if (keys.has(key)) continue
      marker.remove()
      this.shown.delete(key)
    }
    for (const row of wanted) {
      if (this.shown.has(row.key)) continue
      const marker = new Marker({ element: element(`pulse severity-${row.severity}`) })
      this.shown.set(row.key, marker.setLngLat([row.lon, row.lat]).addTo(this.map))
    }
  }
}

function element(classes: string): HTMLElement {
  const outer = document.createElement('div')
  outer.className = `map-signal ${classes}`
  outer.ariaHidden = 'true'
  outer.append(document.createElement('i'))
  return outer
}
