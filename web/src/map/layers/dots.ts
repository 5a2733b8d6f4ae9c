/** All devices as blue dots from the cached tiles, which know no status. What is not blue is drawn over them. */
import type { ExpressionSpecification, FilterSpecification, Map, VectorTileSource } from 'maplibre-gl'
import type { DeviceKind } from '@/api/types'
import { kinds } from '@/state/catalogue'
import { addTiles, removeSource, tileUrl } from '@/map/specs'
import type { Look, MapLayer } from '@/map/stage'

const SOURCE = 'device'
export const DOT_LAYERS = ['device-dot', 'device-glyph']

export class Dots implements MapLayer {
  private map: Map | null = null

  constructor(
    private area: string | null,
    private kind: string | null,
  ) {}

  add(map: Map, look: Look): void {
    this.map = map
    const filter = only(this.kind)
    addTiles(map, SOURCE, { type: 'vector', tiles: [this.url()], minzoom: 14, maxzoom: 16 }, [
      {
        id: 'device-dot',
        type: 'circle',
        source: SOURCE,
        'source-layer': 'device',
        minzoom: 15,
        filter,
        paint: {
          'circle-color': '#3b82f6',
          'circle-radius': ['interpolate', ['linear'], ['zoom'], 15, 1.8, 16, 3.2, 17, 5, 18, 7],
          'circle-stroke-color': look === 'day' ? '#ffffff' : '#0b0e13',
          'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 15, 0.5, 17, 1.5],
          'circle-opacity': ['interpolate', ['linear'], ['zoom'], 15, 0, 15.15, 1],
          'circle-stroke-opacity': ['interpolate', ['linear'], ['zoom'], 15, 0, 15.15, 1],
          'circle-pitch-alignment': 'map',
        },
      },
      {
        id: 'device-glyph',
        type: 'symbol',
        source: SOURCE,
        'source-layer': 'device',
        minzoom: 17,
        filter,
        layout: {
          'icon-image': ['concat', 'blue/', glyphOf(kinds.value)],
          'icon-size': ['interpolate', ['linear'], ['zoom'], 17, 0.85, 19, 1.15],
          'icon-allow-overlap': true,
        },
        paint: { 'icon-opacity': ['interpolate', ['linear'], ['zoom'], 17, 0, 17.4, 1] },
      },
    ])
  }

  remove(map: Map): void {
    this.map = null
    removeSource(map, SOURCE)
  }

  show(kind: string | null): void {
    this.kind = kind
    for (const layer of DOT_LAYERS) if (this.map?.getLayer(layer)) this.map.setFilter(layer, only(kind))
  }

  within(area: string | null): void {
    this.area = area
    this.map?.getSource<VectorTileSource>(SOURCE)?.setTiles([this.url()])
  }

  private url(): string {
    return tileUrl('device', { area: this.area })
  }
}

export function only(kind: string | null): FilterSpecification {
  return kind === null ? ['literal', true] : ['==', ['get', 'kind'], kind]
}

/** The character of a feature's kind. */
export function glyphOf(known: DeviceKind[]): ExpressionSpecification {
  const pairs = known.flatMap((kind) => [kind.code, kind.glyph])
  return ['match', ['get', 'kind'], ...pairs, '·'] as unknown as ExpressionSpecification
}
