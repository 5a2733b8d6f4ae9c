/** The heatmap of minutes to the nearest facility, or of what a scenario changes. Areas are filled, streets are lines.
Beyond the threshold it is hatched or dashed, not only darker. */
import type { ExpressionSpecification, FilterSpecification, Map, VectorTileSource } from 'maplibre-gl'
import { changeColour, NO_WAY, rampColour } from '@/map/ramp'
import { addTiles, firstLabel, removeSource, tileUrl } from '@/map/specs'
import type { Look, MapLayer } from '@/map/stage'

const SOURCE = 'coverage'
export const COVERAGE_LAYERS = ['coverage', 'coverage-none', 'coverage-street']
export const STREET_LAYERS = ['coverage-street']

export interface CoverageQuery {
  category: string
  profile: string
  by: string | null
  area: string | null
  at?: string | null
  scenario?: number
  rev?: number
  compare?: number
}

/** `before` and `change` need tiles that compare. */
export type CoverageView = 'after' | 'before' | 'change'

const IS_AREA: FilterSpecification = ['==', ['geometry-type'], 'Polygon']
const IS_STREET: FilterSpecification = ['==', ['geometry-type'], 'LineString']
const WIDTH = ['interpolate', ['exponential', 1.5], ['zoom'], 12, 1.5, 15, 4, 18, 14] as unknown as ExpressionSpecification

export class CoverageMap implements MapLayer {
  private map: Map | null = null
  /** The address the tiles on the map have or are getting, and the one that comes after it. */
  private asked = ''
  private isLoading = false

  constructor(
    private query: CoverageQuery | null = null,
    private minutes = 15,
    private onlyGaps = false,
    private view: CoverageView = 'after',
  ) {}

  add(map: Map, look: Look): void {
    this.map = map
    // The extruded houses would stand on the very thing that is shown.
    if (map.getLayer('building-3d')) map.setLayoutProperty('building-3d', 'visibility', 'none')
    if (!this.query) return
    const edge = look === 'day' ? '#ffffff' : '#12161b'
    const from = { source: SOURCE, 'source-layer': 'coverage' }
    this.asked = this.url(this.query)
    this.isLoading = false
    addTiles(
      map,
      SOURCE,
      { type: 'vector', tiles: [this.asked], minzoom: 10, maxzoom: 17 },
      [
        { id: 'coverage', type: 'fill', ...from },
        { id: 'coverage-none', type: 'fill', ...from, paint: { 'fill-color': NO_WAY, 'fill-opacity': 0.8 } },
        { id: 'coverage-none-hatch', type: 'fill', ...from, paint: { 'fill-pattern': 'hatch/none' } },
        { id: 'coverage-beyond', type: 'fill', ...from, paint: { 'fill-pattern': 'hatch/beyond' } },
        {
          id: 'coverage-edge',
          type: 'line',
          ...from,
          filter: IS_AREA,
          paint: { 'line-color': edge, 'line-width': ['interpolate', ['linear'], ['zoom'], 13, 0.2, 17, 1], 'line-opacity': 0.7 },
        },
        { id: 'coverage-street', type: 'line', ...from, filter: IS_STREET, layout: { 'line-cap': 'round' }, paint: { 'line-width': WIDTH } },
        { id: 'coverage-street-beyond', type: 'line', ...from, paint: { 'line-color': edge, 'line-width': 1.5, 'line-dasharray': [2, 2] } },
      ],
      firstLabel(map),
    )
    this.paint()
  }

  remove(map: Map): void {
    this.map = null
    removeSource(map, SOURCE)
  }

  /** Another category, walker, unit, area, hour or scenario: other tiles. The old ones stay until the new ones are there. */
  ask(query: CoverageQuery | null, look: Look): void {
    const had = this.query
    this.query = query
    if (!this.map) return
    if (had && query) this.follow()
    else if (had) removeSource(this.map, SOURCE)
    else if (query) this.add(this.map, look)
  }

  /** Another threshold paints the same tiles anew: no question to the service, the map follows the finger. */
  threshold(minutes: number, onlyGaps: boolean): void {
    this.minutes = minutes
    this.onlyGaps = onlyGaps
    this.paint()
  }

  look(view: CoverageView): void {
    this.view = view
    this.paint()
  }

  /** One set of tiles after the other, the newest next: a tile that is still loading would keep the older address. */
  private follow(): void {
    const { map } = this
    if (!map || this.isLoading) return
    this.isLoading = true
    const step = () => {
      const source = map === this.map ? map.getSource<VectorTileSource>(SOURCE) : undefined
      const url = this.query ? this.url(this.query) : this.asked
      if (source && !map.isSourceLoaded(SOURCE)) requestAnimationFrame(step)
      else if (source && url !== this.asked) {
        this.asked = url
        source.setTiles([url])
        requestAnimationFrame(step)
      } else this.isLoading = false
    }
    step()
  }

  private paint(): void {
    const { map } = this
    if (!map?.getLayer('coverage')) return
    const isChange = this.view === 'change'
    const property = this.view === 'before' ? 'before' : 'minutes'
    const has: ExpressionSpecification = isChange ? ['any', ['has', 'minutes'], ['has', 'before']] : ['has', property]
    const value: ExpressionSpecification = isChange ? ['coalesce', ['get', 'minutes'], 999] : ['get', property]
    const beyond: ExpressionSpecification = ['>', value, this.minutes]
    const isHatched = all(IS_AREA, has, isChange ? ['!', ['has', 'minutes']] : beyond)
    const colour = isChange ? changeColour() : rampColour(property)
    map.setFilter('coverage', all(IS_AREA, has))
    map.setFilter('coverage-none', all(IS_AREA, ['!', has]))
    map.setFilter('coverage-none-hatch', all(IS_AREA, ['!', has]))
    map.setFilter('coverage-beyond', isHatched)
    map.setFilter('coverage-street-beyond', all(IS_STREET, has, isChange ? ['!', ['has', 'minutes']] : beyond))
    map.setPaintProperty('coverage', 'fill-color', colour)
    map.setPaintProperty('coverage', 'fill-opacity', this.onlyGaps ? ['case', beyond, 0.9, 0.1] : 0.82)
    map.setPaintProperty('coverage-street', 'line-color', ['case', has, colour, NO_WAY])
    map.setPaintProperty('coverage-street', 'line-opacity', this.onlyGaps ? ['case', ['all', has, ['!', beyond]], 0.15, 0.95] : 0.95)
  }

  private url(query: CoverageQuery): string {
    return tileUrl(SOURCE, { ...query })
  }
}

function all(...filters: unknown[]): FilterSpecification {
  return ['all', ...filters] as FilterSpecification
}
