/** What has not been heard from, from the live stream: small hollow rings over the blue dots. */
import type { Map } from 'maplibre-gl'
import type { Board } from '@/live/board'
import type { DeviceRow } from '@/live/rows'
import { only } from '@/map/layers/dots'
import { addGeoJson, collection, point, removeSource, setData } from '@/map/specs'
import type { Look, MapLayer } from '@/map/stage'

const SOURCE = 'offline'
export const GREY_LAYERS = ['offline-ring']

/** Greys come by the thousand when a switch dies: they may be drawn a little later. */
const PAUSE_MS = 1_000

export class Offline implements MapLayer {
  private map: Map | null = null
  private rows: DeviceRow[] = []
  private timer: ReturnType<typeof setTimeout> | null = null

  constructor(private kind: string | null) {}

  add(map: Map, look: Look): void {
    this.map = map
    addGeoJson(map, SOURCE, this.features(), [
      {
        id: 'offline-ring',
        type: 'circle',
        source: SOURCE,
        minzoom: 15,
        filter: only(this.kind),
        paint: {
          // Filled with the ground's colour: it covers the blue dot below.
          'circle-color': look === 'day' ? '#f4f2ed' : '#12161b',
          'circle-radius': ['interpolate', ['linear'], ['zoom'], 15, 2, 16, 3.4, 17, 5.2, 18, 7.5],
          'circle-stroke-color': look === 'day' ? '#6b7480' : '#8b95a1',
          'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 15, 1, 17, 2.2],
          'circle-opacity': ['interpolate', ['linear'], ['zoom'], 15, 0, 15.15, 1],
          'circle-stroke-opacity': ['interpolate', ['linear'], ['zoom'], 15, 0, 15.15, 1],
        },
      },
    ])
  }

  remove(map: Map): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.map = null
    removeSource(map, SOURCE)
  }

  show(kind: string | null): void {
    this.kind = kind
    for (const layer of GREY_LAYERS) if (this.map?.getLayer(layer)) this.map.setFilter(layer, only(kind))
  }

  update(board: Board): void {
    this.rows = [...board.devices.values()].filter((row) => row.status === 'offline')
    this.timer ??= setTimeout(() => {
      this.timer = null
      setData(this.map, SOURCE, this.features())
    }, PAUSE_MS)
  }

  private features() {
    return collection(this.rows.map((row) => point(row.lon, row.lat, row.id, { kind: row.kind })))
  }
}
