/** The area one looks at: what lies outside steps back, without vanishing. */
import type { Map } from 'maplibre-gl'
import type { Geometry, Polygon, Position } from 'geojson'
import { addGeoJson, collection, firstLabel, removeSource, setData } from '@/map/specs'
import type { Look, MapLayer } from '@/map/stage'

const SOURCE = 'area-chosen'
const WORLD: Position[] = [[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]] // prettier-ignore

export class ChosenArea implements MapLayer {
  private map: Map | null = null
  private outline: Geometry | null = null

  add(map: Map, look: Look): void {
    this.map = map
    const shade = look === 'day' ? '#f4f2ed' : '#05070a'
    addGeoJson(
      map,
      SOURCE,
      this.features(),
      [
        { id: 'area-outside', type: 'fill', source: SOURCE, paint: { 'fill-color': shade, 'fill-opacity': 0.6 } },
        {
          id: 'area-edge',
          type: 'line',
          source: SOURCE,
          paint: {
            'line-color': look === 'day' ? '#6b5f86' : '#8f86ab',
            'line-width': ['interpolate', ['linear'], ['zoom'], 10, 1.5, 17, 3],
          },
        },
      ],
      firstLabel(map),
    )
  }

  remove(map: Map): void {
    this.map = null
    removeSource(map, SOURCE)
  }

  set(outline: Geometry | null): void {
    this.outline = outline
    setData(this.map, SOURCE, this.features())
  }

  private features() {
    const rings = this.outline ? outerRings(this.outline) : []
    const geometry: Polygon = { type: 'Polygon', coordinates: [WORLD, ...rings] }
    return collection(rings.length > 0 ? [{ type: 'Feature' as const, id: 1, geometry, properties: {} }] : [])
  }
}

function outerRings(geometry: Geometry): Position[][] {
  if (geometry.type === 'Polygon') return geometry.coordinates.slice(0, 1)
  if (geometry.type === 'MultiPolygon') return geometry.coordinates.flatMap((polygon) => polygon.slice(0, 1))
  return []
}
