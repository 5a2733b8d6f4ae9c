/** The way of the worker who is coming: drawn while the card is open, shorter with every step they take. */
import type { LineString, Position } from 'geojson'
import { computed, shallowRef, watch } from 'vue'
import { get, post } from '@/api/client'
import type { Route } from '@/api/types'
import type { Case } from '@/pages/wall/case'
import type { Live } from '@/state/live'
import { useResource } from '@/state/resource'

/** Farther from the line than this they go another way: it is asked for anew. */
const OFF_WAY_M = 60
const ASK_AGAIN_MS = 5_000
const METRES_A_DEGREE = 111_320
const COMING: readonly string[] = ['dispatched', 'accepted']

interface Spot {
  lon: number
  lat: number
}

export function useOrderWay(current: Case, live: Live) {
  const at = shallowRef<Spot | null>(null)
  const order = computed(() => {
    const found = current.order.data.value
    return found && found.worker_id !== null && COMING.includes(found.state) ? found : null
  })
  const workerId = computed(() => order.value?.worker_id ?? null)
  const route = useResource<Route | null>(async (signal) => {
    if (!order.value || !at.value) return null
    const { lon, lat } = order.value
    return post('/api/v1/routes', { body: { from: at.value, to: { lon, lat }, profile: 'walk', datum: 'wgs84' }, signal })
  }, ASK_AGAIN_MS)

  watch([workerId, () => order.value?.id], async ([worker]) => {
    at.value = null
    route.clear()
    if (worker === null) return
    const found = await get('/api/v1/workers/{worker_id}', { path: { worker_id: worker } }).catch(() => null)
    const [lon, lat] = (found?.geometry?.coordinates ?? []) as number[]
    if (workerId.value !== worker || lon === undefined || lat === undefined) return
    at.value = { lon, lat }
    await route.load()
  })
  live.follow((changes) => {
    const moved = changes.workers.find(({ id }) => id === workerId.value)?.after
    if (!moved) return
    at.value = { lon: moved.lon, lat: moved.lat }
    if (rest.value === null || rest.value.off_m > OFF_WAY_M) route.refresh()
  })

  const rest = computed(() => {
    const line = route.data.value?.geometry as LineString | undefined
    return line?.type === 'LineString' && at.value ? restOf(line.coordinates, at.value) : null
  })

  return computed(() => {
    const found = route.data.value
    if (!found || !rest.value || workerId.value === null) return null
    return {
      workerId: workerId.value,
      geometry: { type: 'LineString' as const, coordinates: rest.value.line },
      seconds: found.properties.seconds * rest.value.share,
    }
  })
}

/** What of a line lies ahead of a spot near it, the share of its length that is, and how far off the spot lies. */
export function restOf(line: Position[], spot: Spot): { line: Position[]; share: number; off_m: number } {
  const east = Math.cos((spot.lat * Math.PI) / 180) * METRES_A_DEGREE
  const flat = line.map(([x = 0, y = 0]) => [(x - spot.lon) * east, (y - spot.lat) * METRES_A_DEGREE] as const)
  let best = { off_m: Infinity, segment: 0, along: 0 }
  for (let n = 0; n + 1 < flat.length; n++) {
    const [a, b] = [flat[n] ?? [0, 0], flat[n + 1] ?? [0, 0]]
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
    const along = Math.min(1, Math.max(0, -(a[0] * dx + a[1] * dy) / (dx * dx + dy * dy || 1)))
    const off_m = Math.hypot(a[0] + along * dx, a[1] + along * dy)
    if (off_m < best.off_m) best = { off_m, segment: n, along }
  }
  const lengths = flat.slice(1).map((b, n) => Math.hypot(b[0] - (flat[n]?.[0] ?? 0), b[1] - (flat[n]?.[1] ?? 0)))
  const whole = lengths.reduce((sum, one) => sum + one, 0)
  const gone = lengths.slice(0, best.segment).reduce((sum, one) => sum + one, 0) + (lengths[best.segment] ?? 0) * best.along
  return {
    line: [[spot.lon, spot.lat], ...line.slice(best.segment + 1)],
    share: whole > 0 ? (whole - gone) / whole : 0,
    off_m: best.off_m,
  }
}
