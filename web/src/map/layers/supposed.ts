/** What a scenario does to the ground: where a facility stood before it was moved, and which streets are closed. */
import type { FilterSpecification, Map } from 'maplibre-gl'
import type { Feature } from 'geojson'
import { addGeoJson, collection, point, removeSource, setData } from '@/map/specs'
import type { Look, MapLayer } from '@/map/stage'

const SOURCE = 'supposed'
/** The base map's own streets have the ids that the edits name. */
export const BASE = 'yike'
export const CLOSURE_LAYERS = ['closed-street']

export interface Shift {
  from: [lon: number, lat: number]
  to: [lon: number, lat: number]
  glyph: string
}

export class Supposed implements MapLayer {
  private map: Map | null = null
  private shifts: Shift[] = []
  private closed: number[] = []
  private opened: number[] = []
  private isOn = false

  add(map: Map, look: Look): void {
    this.map = map
    const ink = look === 'day' ? '#0b5a53' : '#6fe0cf'
    const closed = look === 'day' ? '#1b1f24' : '#eef1f5'
    if (map.getSource(BASE)) {
      const street = { source: BASE, 'source-layer': 'street', filter: this.closures() }
      map.addLayer({
        id: 'closed-street-casing',
        type: 'line',
        ...street,
        paint: { 'line-color': look === 'day' ? '#ffffff' : '#080a0d', 'line-width': 8 },
      })
      map.addLayer({
        id: 'closed-street',
        type: 'line',
        ...street,
        paint: { 'line-color': closed, 'line-width': 5, 'line-dasharray': [0.6, 0.6] },
      })
    }
    addGeoJson(map, SOURCE, this.features(), [
      {
        id: 'shift',
        type: 'line',
        source: SOURCE,
        filter: ['==', ['geometry-type'], 'LineString'],
        paint: { 'line-color': ink, 'line-width': 2, 'line-dasharray': [2, 2] },
      },
      {
        id: 'stood',
        type: 'symbol',
        source: SOURCE,
        filter: ['==', ['geometry-type'], 'Point'],
        layout: { 'icon-image': ['concat', 'place/', ['get', 'glyph'], '/gone'], 'icon-allow-overlap': true, 'icon-size': 0.8 },
      },
    ])
  }

  remove(map: Map): void {
    this.map = null
    for (const layer of ['closed-street', 'closed-street-casing']) if (map.getLayer(layer)) map.removeLayer(layer)
    removeSource(map, SOURCE)
  }

  set(shifts: Shift[]): void {
    this.shifts = shifts
    setData(this.map, SOURCE, this.features())
  }

  /** Streets closed today are shown while something is being supposed. */
  close(closed: number[], opened: number[], isOn: boolean): void {
    Object.assign(this, { closed, opened, isOn })
    if (!this.map?.getLayer('closed-street')) return
    for (const layer of ['closed-street', 'closed-street-casing']) this.map.setFilter(layer, this.closures())
  }

  private closures(): FilterSpecification {
    const isEdited = ['in', ['id'], ['literal', this.closed]]
    const isClosed = ['all', ['==', ['get', 'closed'], true], ['!', ['in', ['id'], ['literal', this.opened]]]]
    return (this.isOn ? ['any', isEdited, isClosed] : ['==', ['literal', 1], 0]) as FilterSpecification
  }

  private features() {
    return collection<Feature['geometry'], Feature['properties']>(
      this.shifts.flatMap(({ from, to, glyph }, index) => [
        { type: 'Feature' as const, id: index, geometry: { type: 'LineString' as const, coordinates: [from, to] }, properties: {} },
        point(from[0], from[1], index, { glyph }),
      ]),
    )
  }
}
