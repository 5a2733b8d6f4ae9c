/** Helpers for sources and layers of one map module. */
import type { AddLayerObject, GeoJSONSource, Map, SourceSpecification } from 'maplibre-gl'
import { address } from '@/api/client'
import type { Feature, FeatureCollection, Geometry } from 'geojson'

export const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] }

export const FONTS = ['Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif']

/** A GeoJSON source and its layers, as most modules need them. */
export function addGeoJson(map: Map, source: string, data: FeatureCollection, layers: AddLayerObject[], before?: string): void {
  map.addSource(source, { type: 'geojson', data })
  for (const layer of layers) map.addLayer(layer, before)
}

export function addTiles(map: Map, source: string, spec: SourceSpecification, layers: AddLayerObject[], before?: string): void {
  map.addSource(source, spec)
  for (const layer of layers) map.addLayer(layer, before)
}

/** Remove a source with everything that is drawn from it. */
export function removeSource(map: Map, source: string): void {
  // While a style is being replaced there is none of it.
  if (!map.getSource(source)) return
  for (const layer of map.getStyle().layers) {
    if ('source' in layer && layer.source === source) map.removeLayer(layer.id)
  }
  map.removeSource(source)
}

/** What each source shows, as text: most messages of the live stream change none of it, and drawing a map is dear. */
const shown = new WeakMap<GeoJSONSource, string>()

export function setData(map: Map | null, id: string, data: FeatureCollection): void {
  const source = map?.getSource<GeoJSONSource>(id)
  if (!source) return
  const text = JSON.stringify(data)
  if (shown.get(source) === text) return
  shown.set(source, text)
  void source.setData(data)
}

/** The lowest label: what is painted on the ground goes below it. */
export function firstLabel(map: Map): string | undefined {
  return map.getStyle().layers.find((layer) => layer.type === 'symbol')?.id
}

export function collection<G extends Geometry, P>(features: Feature<G, P>[]): FeatureCollection<G, P> {
  return { type: 'FeatureCollection', features }
}

export function point(lon: number, lat: number, id: number, properties: Record<string, unknown>): Feature {
  return { type: 'Feature', id, geometry: { type: 'Point', coordinates: [lon, lat] }, properties }
}

/** A tile address for MapLibre, which fills in the braces and wants it absolute. */
export function tileUrl(layer: string, query: Record<string, string | number | null>): string {
  return location.origin + address(`/tiles/${layer}/ZXY.mvt`, { query }).replace('ZXY', '{z}/{x}/{y}')
}
