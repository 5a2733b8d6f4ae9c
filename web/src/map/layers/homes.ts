/** Homes as small hollow dots: what is due, before it lies in a tour. */
import type { Map } from 'maplibre-gl'
import { addGeoJson, collection, point, removeSource, setData } from '@/map/specs'
import type { Look, MapLayer } from '@/map/stage'

const SOURCE = 'home'

export interface HomeDot {
  id: number
  lon: number
  lat: number
  /** Lies in a tour already. */
  isPlanned: boolean
}

export class Homes implements MapLayer {
  private map: Map | null = null
  private homes: HomeDot[] = []

  add(map: Map, look: Look): void {
    this.map = map
    const isDay = look === 'day'
    const ink = isDay ? '#0b5a53' : '#6fe0cf'
    addGeoJson(map, SOURCE, this.features(), [
      {
        id: 'home',
        type: 'circle',
        source: SOURCE,
        paint: {
          'circle-radius': ['interpolate', ['linear'], ['zoom'], 12, 2.5, 16, 5, 19, 8],
          'circle-color': ['case', ['get', 'planned'], ink, isDay ? '#ffffff' : '#12161b'],
          'circle-stroke-color': ink,
          'circle-stroke-width': 1.5,
        },
      },
    ])
  }

  remove(map: Map): void {
    this.map = null
    removeSource(map, SOURCE)
  }

  set(homes: HomeDot[]): void {
    this.homes = homes
    setData(this.map, SOURCE, this.features())
  }

  private features() {
    return collection(this.homes.map((home) => point(home.lon, home.lat, home.id, { planned: home.isPlanned })))
  }
}
