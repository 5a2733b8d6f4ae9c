/** A round: streets passed in a quiet green, those missed dashed in ochre; neither is a device's colour. */
import type { FeatureCollection } from 'geojson'
import type { Map } from 'maplibre-gl'
import { addGeoJson, collection, firstLabel, point, removeSource, setData } from '@/map/specs'
import type { Look, MapLayer } from '@/map/stage'

const SOURCE = 'patrol'
const DEVICES = 'patrol-device'
const WIDTH = ['interpolate', ['linear'], ['zoom'], 13, 2, 16, 4.5, 19, 8]

export interface MissedDot {
  id: number
  lon: number
  lat: number
}

/** In words the same colours: see PatrolScreen. */
export const PATROL = {
  day: { passed: '#2f7d5b', missed: '#9a6a14' },
  night: { passed: '#7cc8a2', missed: '#d9a949' },
} as const

export class PatrolStreets implements MapLayer {
  private map: Map | null = null
  private streets: FeatureCollection = collection([])
  private devices: FeatureCollection = collection([])

  add(map: Map, look: Look): void {
    this.map = map
    const colours = look === 'day' ? PATROL.day : PATROL.night
    const line = (id: string, isPassed: boolean, paint: Record<string, unknown>) => ({
      id,
      type: 'line' as const,
      source: SOURCE,
      filter: ['==', ['get', 'passed'], isPassed] as never,
      layout: { 'line-cap': isPassed ? ('round' as const) : ('butt' as const), 'line-join': 'round' as const },
      paint: { 'line-width': WIDTH as never, ...paint },
    })
    addGeoJson(map, SOURCE, this.streets, [
      line('patrol-missed', false, { 'line-color': colours.missed, 'line-dasharray': [1.4, 0.8] }),
      line('patrol-passed', true, { 'line-color': colours.passed }),
    ], firstLabel(map)) // prettier-ignore
    addGeoJson(map, DEVICES, this.devices, [
      {
        id: DEVICES,
        type: 'circle',
        source: DEVICES,
        paint: {
          'circle-radius': 6,
          'circle-color': look === 'day' ? '#ffffff' : '#10141a',
          'circle-stroke-width': 3,
          'circle-stroke-color': colours.missed,
        },
      },
    ])
  }

  remove(map: Map): void {
    this.map = null
    removeSource(map, SOURCE)
    removeSource(map, DEVICES)
  }

  set(streets: FeatureCollection, missed: MissedDot[]): void {
    this.streets = streets
    this.devices = collection(missed.map((one) => point(one.lon, one.lat, one.id, {})))
    setData(this.map, SOURCE, this.streets)
    setData(this.map, DEVICES, this.devices)
  }
}
