/** Services as markers with the character of their category. */
import type { Map } from 'maplibre-gl'
import { addGeoJson, collection, FONTS, point, removeSource, setData } from '@/map/specs'
import type { Look, MapLayer } from '@/map/stage'

const SOURCE = 'place'
export const PLACE_LAYERS = ['place']

export interface Place {
  id: number
  lon: number
  lat: number
  name: string
  glyph: string
  capacity?: number | null
  /** In a scenario: as it is today, elsewhere, new, or not there. */
  state?: 'today' | 'moved' | 'added' | 'gone'
}

export class Places implements MapLayer {
  private map: Map | null = null
  private places: Place[] = []
  private chosen: number | null = null

  /** With `isThin` the nearest come first and crowd out the farther ones; else every place is shown. */
  constructor(private readonly isThin = false) {}

  add(map: Map, look: Look): void {
    this.map = map
    const isDay = look === 'day'
    // The base map's own small signs would say the same a second time.
    if (map.getLayer('facility')) map.setLayoutProperty('facility', 'visibility', 'none')
    addGeoJson(map, SOURCE, this.features(), [
      {
        id: 'place',
        type: 'symbol',
        source: SOURCE,
        layout: {
          'icon-image': ['concat', 'place/', ['get', 'glyph'], '/', ['get', 'look']],
          'icon-size': ['interpolate', ['linear'], ['zoom'], 12, 0.6, 15, 0.9, 18, 1.1],
          'icon-allow-overlap': !this.isThin,
          'icon-padding': 1,
          // Steps of a layout count in whole zooms of the tiles.
          'text-field': ['step', ['zoom'], '', 14, ['get', 'name']],
          'text-font': FONTS,
          'text-size': 12.5,
          'text-anchor': 'top',
          'text-offset': [0, 1],
          'text-max-width': 8,
          'text-optional': true,
          // Placed in the order of this key: what is chosen always, then as they are listed.
          'symbol-sort-key': ['case', ['get', 'chosen'], -1, ['get', 'order']],
        },
        paint: {
          'text-color': isDay ? '#1b1f24' : '#e3e7ec',
          'text-halo-color': isDay ? '#ffffff' : '#0b0e13',
          'text-halo-width': 1.6,
        },
      },
    ])
  }

  remove(map: Map): void {
    this.map = null
    removeSource(map, SOURCE)
  }

  set(places: Place[]): void {
    this.places = places
    setData(this.map, SOURCE, this.features())
  }

  choose(id: number | null): void {
    if (id === this.chosen) return
    this.chosen = id
    setData(this.map, SOURCE, this.features())
  }

  private features() {
    return collection(
      this.places.map(({ id, lon, lat, name, glyph, state = 'today' }, order) => {
        const chosen = id === this.chosen
        // Ids below nought, of what a scenario adds, do not come through MapLibre's own id.
        return point(lon, lat, Math.max(0, id), { id, name, glyph, order, chosen, look: chosen && state === 'today' ? 'chosen' : state })
      }),
    )
  }
}
