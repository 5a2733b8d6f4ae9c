/** What of the live map lies under the pointer: reds before greys, both before blue, then clusters. */
import type { Map, MapGeoJSONFeature, MapMouseEvent, Point } from 'maplibre-gl'
import { CLUSTER_LAYERS } from '@/map/layers/clusters'
import { DOT_LAYERS } from '@/map/layers/dots'
import { RED_LAYERS, REPORT_LAYERS } from '@/map/layers/exceptions'
import { GREY_LAYERS } from '@/map/layers/offline'

export interface PickedDevice {
  id: number
  kind: string
  status: 'abnormal' | 'offline' | 'normal'
  lon: number
  lat: number
}

export interface Picked {
  devices: PickedDevice[]
  /** An incident that hangs on no device. */
  reportId: number | null
  /** Where on the screen, and how near one was when it was pressed. */
  x: number
  y: number
  zoom: number
  cluster: { lon: number; lat: number } | null
}

const LAYERS = [
  { layers: RED_LAYERS, status: 'abnormal' },
  { layers: GREY_LAYERS, status: 'offline' },
  { layers: DOT_LAYERS, status: 'normal' },
] as const

/** A finger and a hurried mouse miss by this much. */
const SLACK = 6

export function pick(map: Map, at: Point): Picked {
  const devices = new globalThis.Map<number, PickedDevice>()
  for (const { layers, status } of LAYERS) {
    for (const feature of under(map, at, layers)) {
      const id = Number(feature.id)
      if (feature.geometry.type !== 'Point' || devices.has(id)) continue
      const [lon = 0, lat = 0] = feature.geometry.coordinates
      devices.set(id, { id, kind: String(feature.properties.kind), status, lon, lat })
    }
  }
  const cluster = under(map, at, CLUSTER_LAYERS)[0]?.geometry
  const [lon = 0, lat = 0] = cluster?.type === 'Point' ? cluster.coordinates : []
  const report = under(map, at, REPORT_LAYERS)[0]?.id
  return { devices: [...devices.values()], reportId: report === undefined ? null : Number(report), ...onScreen(map, at), zoom: map.getZoom(), cluster: cluster?.type === 'Point' ? { lon, lat } : null }
}

/** A point of the map, which may be magnified, as a point of the screen. */
function onScreen(map: Map, { x, y }: Point): { x: number; y: number } {
  const container = map.getContainer()
  const box = container.getBoundingClientRect()
  const scale = box.width / container.offsetWidth
  return { x: box.left + x * scale, y: box.top + y * scale }
}

function under(map: Map, { x, y }: Point, layers: readonly string[]): MapGeoJSONFeature[] {
  const known = layers.filter((layer) => map.getLayer(layer))
  if (known.length === 0) return []
  return map.queryRenderedFeatures([[x - SLACK, y - SLACK], [x + SLACK, y + SLACK]], { layers: [...known] }) // prettier-ignore
}

/** Call back on a click, and show by the cursor where one would hit something. */
export function onPick(map: Map, listener: (picked: Picked) => void): void {
  map.on('click', (event: MapMouseEvent) => {
    listener(pick(map, event.point))
  })
  let isAsked = false
  map.on('mousemove', (event: MapMouseEvent) => {
    // Once a frame is enough for a cursor.
    if (isAsked) return
    isAsked = true
    requestAnimationFrame(() => {
      isAsked = false
      const { devices, reportId, cluster } = pick(map, event.point)
      map.getCanvas().style.cursor = devices.length > 0 || reportId !== null || cluster ? 'pointer' : ''
    })
  })
}
