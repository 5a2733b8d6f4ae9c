/** The heatmap of minutes to the nearest facility. Beyond the threshold it is hatched, not only darker. */
import type { ExpressionSpecification, FilterSpecification, Map, VectorTileSource } from 'maplibre-gl'
import { NO_WAY, rampColour } from '@/map/ramp'
import { addTiles, firstLabel, removeSource, tileUrl } from '@/map/specs'
import type { Look, MapLayer } from '@/map/stage'

const SOURCE = 'coverage'
export const COVERAGE_LAYERS = ['coverage', 'coverage-none']

export interface CoverageQuery {
  category: string
  profile: string
  by: string | null
  area: string | null
}

const HAS_WAY: FilterSpecification = ['has', 'minutes']
const NO_WAY_AT_ALL: FilterSpecification = ['!', ['has', 'minutes']]

export class CoverageMap implements MapLayer {
  private map: Map | null = null

  constructor(
    private query: CoverageQuery | null = null,
    private minutes = 15,
    private onlyGaps = false,
  ) {}

  add(map: Map, look: Look): void {
    this.map = map
    // The extruded houses would stand on the very thing that is shown.
    if (map.getLayer('building-3d')) map.setLayoutProperty('building-3d', 'visibility', 'none')
    if (!this.query) return
    const edge = look === 'day' ? '#ffffff' : '#12161b'
    addTiles(
      map,
      SOURCE,
      { type: 'vector', tiles: [this.url(this.query)], minzoom: 10, maxzoom: 17 },
      [
        {
          id: 'coverage',
          type: 'fill',
          source: SOURCE,
          'source-layer': 'coverage',
          filter: HAS_WAY,
          paint: { 'fill-color': rampColour(), 'fill-opacity': this.opacity() },
        },
        {
          id: 'coverage-none',
          type: 'fill',
          source: SOURCE,
          'source-layer': 'coverage',
          filter: NO_WAY_AT_ALL,
          paint: { 'fill-color': NO_WAY, 'fill-opacity': 0.8 },
        },
        {
          id: 'coverage-none-hatch',
          type: 'fill',
          source: SOURCE,
          'source-layer': 'coverage',
          filter: NO_WAY_AT_ALL,
          paint: { 'fill-pattern': 'hatch/none' },
        },
        {
          id: 'coverage-beyond',
          type: 'fill',
          source: SOURCE,
          'source-layer': 'coverage',
          filter: this.beyond(),
          paint: { 'fill-pattern': 'hatch/beyond' },
        },
        {
          id: 'coverage-edge',
          type: 'line',
          source: SOURCE,
          'source-layer': 'coverage',
          paint: { 'line-color': edge, 'line-width': ['interpolate', ['linear'], ['zoom'], 13, 0.2, 17, 1], 'line-opacity': 0.7 },
        },
      ],
      firstLabel(map),
    )
  }

  remove(map: Map): void {
    this.map = null
    removeSource(map, SOURCE)
  }

  /** Another category, walker, unit or area: other tiles. */
  ask(query: CoverageQuery | null, look: Look): void {
    const had = this.query
    this.query = query
    if (!this.map) return
    if (had && query) this.map.getSource<VectorTileSource>(SOURCE)?.setTiles([this.url(query)])
    else if (had) removeSource(this.map, SOURCE)
    else if (query) this.add(this.map, look)
  }

  /** Another threshold paints the same tiles anew: no question to the service, the map follows the finger. */
  threshold(minutes: number, onlyGaps: boolean): void {
    this.minutes = minutes
    this.onlyGaps = onlyGaps
    if (!this.map?.getLayer('coverage')) return
    this.map.setFilter('coverage-beyond', this.beyond())
    this.map.setPaintProperty('coverage', 'fill-opacity', this.opacity())
  }

  private beyond(): FilterSpecification {
    return ['all', HAS_WAY, ['>', ['get', 'minutes'], this.minutes]] as FilterSpecification
  }

  private opacity(): ExpressionSpecification | number {
    return this.onlyGaps ? ['case', ['>', ['get', 'minutes'], this.minutes], 0.9, 0.1] : 0.82
  }

  private url({ category, profile, by, area }: CoverageQuery): string {
    return tileUrl(SOURCE, { category, profile, by, area })
  }
}
