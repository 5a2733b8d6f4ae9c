/** What lies around an incident: a dot each, a colour a group, named once one is near enough. */
import type { Map } from 'maplibre-gl'
import type { Around } from '@/api/types'
import { addGeoJson, collection, removeSource, setData } from '@/map/specs'
import type { Look, MapLayer } from '@/map/stage'

const SOURCE = 'around'

export class AroundPoints implements MapLayer {
  private map: Map | null = null
  private things: Around['features'] = []

  add(map: Map, look: Look): void {
    this.map = map
    const colours = ['facility', '#0f9d8a', 'camera', '#8b7cf6', 'care_home', '#e0559a', 'fire_point', '#f0742e']
    addGeoJson(map, SOURCE, this.features(), [
      {
        id: 'around',
        type: 'circle',
        source: SOURCE,
        paint: {
          'circle-color': ['match', ['get', 'group'], ...colours, '#77808c'] as never,
          'circle-radius': ['interpolate', ['linear'], ['zoom'], 12, 3, 16, 6],
          'circle-stroke-color': look === 'day' ? '#ffffff' : '#0b0e13',
          'circle-stroke-width': 1.5,
        },
      },
    ])
  }

  remove(map: Map): void {
    this.map = null
    removeSource(map, SOURCE)
  }

  set(things: Around['features']): void {
    this.things = things
    setData(this.map, SOURCE, this.features())
  }

  private features() {
    return collection(
      this.things.map(({ geometry, properties }, index) => ({
        type: 'Feature' as const,
        id: index,
        geometry: geometry as never,
        properties: { group: properties.group },
      })),
    )
  }
}
