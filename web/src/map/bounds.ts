/** What the map shows first: the service area, or one area of it. */
import type { LngLatBoundsLike } from 'maplibre-gl'
import type { Geometry, Position } from 'geojson'
import { get } from '@/api/client'

export type Box = [west: number, south: number, east: number, north: number]

/** The box of an area, or of everything; null where there is no data at all. */
export async function serviceBox(area: string | null): Promise<Box | null> {
  // Of a layer that is public: residents look around without signing in.
  const document = await get('/tiles/{layers}.json', { path: { layers: 'area' }, query: { area } })
  const box = document.bounds as Box
  return box[2] - box[0] > 300 ? null : box
}

export function toBounds([west, south, east, north]: Box): LngLatBoundsLike {
  return [
    [west, south],
    [east, north],
  ]
}

/** The box around geometries of any kind; null when there are none. */
export function boxOf(geometries: Geometry[]): Box | null {
  const box: Box = [180, 90, -180, -90]
  for (const geometry of geometries) {
    for (const [lon = 0, lat = 0] of positions(geometry)) {
      box[0] = Math.min(box[0], lon)
      box[1] = Math.min(box[1], lat)
      box[2] = Math.max(box[2], lon)
      box[3] = Math.max(box[3], lat)
    }
  }
  return box[0] <= box[2] ? box : null
}

function positions(geometry: Geometry): Position[] {
  switch (geometry.type) {
    case 'Point':
      return [geometry.coordinates]
    case 'LineString':
    case 'MultiPoint':
      return geometry.coordinates
    case 'Polygon':
    case 'MultiLineString':
      return geometry.coordinates.flat()
    case 'MultiPolygon':
      return geometry.coordinates.flat(2)
    case 'GeometryCollection':
      return geometry.geometries.flatMap(positions)
  }
}
