/** The way of the worker who is coming, and when they are there: drawn while the card is open, anew as they move. */
import type { LineString } from 'geojson'
import { computed, shallowRef, watch } from 'vue'
import { get } from '@/api/client'
import type { Eta } from '@/api/types'
import { restOf, type Spot } from '@/map/alongLine'
import type { Case } from '@/pages/wall/case'
import type { Live } from '@/state/live'
import { useResource } from '@/state/resource'

const ASK_AGAIN_MS = 5_000
const COMING: readonly string[] = ['dispatched', 'accepted']

/** Who is coming, by which way, and how far it still is. */
export interface Coming {
  workerId: number
  geometry: LineString
  seconds: number
  length_m: number
  profile: NonNullable<Eta['profile']>
}

export function useOrderWay(current: Case, live: Live) {
  const at = shallowRef<Spot | null>(null)
  const order = computed(() => {
    const found = current.order.data.value
    return found && found.worker_id !== null && COMING.includes(found.state) ? found : null
  })
  const workerId = computed(() => order.value?.worker_id ?? null)
  const route = useResource<Eta | null>(async (signal) => {
    if (!order.value) return null
    return get('/api/v1/orders/{order_id}/eta', { path: { order_id: order.value.id }, signal })
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
    // In between the line drawn is cut where they are; each position is the service's to say anew, at a measured pace.
    route.refresh()
  })

  const rest = computed(() => {
    const line = route.data.value?.way as LineString | undefined
    return line?.type === 'LineString' && at.value ? restOf(line.coordinates, at.value) : null
  })

  return computed<Coming | null>(() => {
    const found = route.data.value
    if (!found || found.seconds === null || !rest.value || workerId.value === null) return null
    return {
      workerId: workerId.value,
      geometry: { type: 'LineString' as const, coordinates: rest.value.line },
      // The climb stays to the end.
      seconds: (found.seconds - (found.climb_s ?? 0)) * rest.value.share + (found.climb_s ?? 0),
      length_m: (found.length_m ?? 0) * rest.value.share,
      profile: found.profile ?? 'walk',
    }
  })
}
