/** Ways on foot, with a casing so that they read on any ground; the chosen one in colour. */
import type { Map } from 'maplibre-gl'
import type { Geometry } from 'geojson'
import { addGeoJson, collection, removeSource, setData } from '@/map/specs'
import type { Look, MapLayer } from '@/map/stage'

const SOURCE = 'way'

export interface Way {
  id: number
  geometry: Geometry
  isChosen: boolean
}

/** On the wall a way is help coming, so it is amber; a resident's own way is not. */
export type WayUse = 'help' | 'walk'

export class Ways implements MapLayer {
  private map: Map | null = null
  private ways: Way[] = []

  constructor(private readonly use: WayUse) {}

  add(map: Map, look: Look): void {
    this.map = map
    const isDay = look === 'day'
    const chosen = this.use === 'help' ? (isDay ? '#c97a06' : '#f5a623') : isDay ? '#0b5a53' : '#6fe0cf'
    const width = ['interpolate', ['linear'], ['zoom'], 13, 2.5, 16, 5, 19, 9]
    const order = { 'line-cap': 'round', 'line-join': 'round', 'line-sort-key': ['get', 'order'] } as const
    addGeoJson(map, SOURCE, this.features(), [
      {
        id: 'way-casing',
        type: 'line',
        source: SOURCE,
        layout: order as never,
        paint: {
          'line-color': isDay ? '#ffffff' : '#05070a',
          'line-width': ['interpolate', ['linear'], ['zoom'], 13, 5.5, 16, 9, 19, 14],
          'line-opacity': 0.9,
        },
      },
      {
        id: 'way',
        type: 'line',
        source: SOURCE,
        layout: order as never,
        paint: {
          'line-color': ['case', ['get', 'chosen'], chosen, isDay ? '#8d8677' : '#77808c'],
          'line-width': width as never,
          'line-dasharray': ['case', ['get', 'chosen'], ['literal', [1, 0]], ['literal', [1.2, 1.2]]] as never,
        },
      },
    ])
  }

  remove(map: Map): void {
    this.map = null
    removeSource(map, SOURCE)
  }

  set(ways: Way[]): void {
    this.ways = ways
    setData(this.map, SOURCE, this.features())
  }

  private features() {
    return collection(
      this.ways.map((way) => ({
        type: 'Feature' as const,
        id: way.id,
        geometry: way.geometry,
        properties: { chosen: way.isChosen, order: way.isChosen ? 1 : 0 },
      })),
    )
  }
}
