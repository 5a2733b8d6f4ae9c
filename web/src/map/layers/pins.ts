/** A few single places, each with its own icon: where one is, where one goes. */
import type { Map } from 'maplibre-gl'
import { addGeoJson, collection, point, removeSource, setData } from '@/map/specs'
import type { MapLayer } from '@/map/stage'

const SOURCE = 'pin'

export interface Pin {
  lon: number
  lat: number
  icon: string
}

export class Pins implements MapLayer {
  private map: Map | null = null
  private pins: Pin[] = []

  add(map: Map): void {
    this.map = map
    addGeoJson(map, SOURCE, this.features(), [
      {
        id: 'pin',
        type: 'symbol',
        source: SOURCE,
        layout: { 'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'icon-size': 1.1 },
      },
    ])
  }

  remove(map: Map): void {
    this.map = null
    removeSource(map, SOURCE)
  }

  set(pins: Pin[]): void {
    this.pins = pins
    setData(this.map, SOURCE, this.features())
  }

  private features() {
    return collection(this.pins.map((pin, index) => point(pin.lon, pin.lat, index, { icon: pin.icon })))
  }
}
