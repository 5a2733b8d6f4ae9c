/** What is within so many minutes on foot of a place, and the way to one of them. */
import { computed, ref, watch } from 'vue'
import { get, post } from '@/api/client'
import type { Nearby, Route } from '@/api/types'
import { parameter } from '@/router'
import { useCategories } from '@/state/categories'
import { useResource } from '@/state/resource'

export const MINUTES = [5, 10, 15] as const

export interface Spot {
  lon: number
  lat: number
}

export function useAround() {
  const at = parameter('at')
  const asked = parameter('minutes')
  const category = parameter('category')
  const chosenId = ref<number | null>(null)
  const categories = useCategories(ref(null))

  const origin = computed<Spot | null>({
    get: () => {
      const [lon, lat] = (at.value ?? '').split(',').map(Number)
      return lon && lat ? { lon, lat } : null
    },
    set: (spot) => (at.value = spot ? `${spot.lon.toFixed(6)},${spot.lat.toFixed(6)}` : null),
  })
  const minutes = computed({
    get: () => MINUTES.find((one) => one === Number(asked.value)) ?? 10,
    set: (value) => (asked.value = String(value)),
  })

  const places = useResource<Nearby[]>(async (signal) => {
    const from = origin.value ?? { lon: 0, lat: 0 }
    const query = { ...from, minutes: minutes.value, category: category.value }
    return (await get('/api/v1/nearby', { query, signal })).features
  })
  const way = useResource<Route>((signal) => {
    const to = spotOf(chosen.value)
    const from = origin.value
    if (!to || !from) throw new Error('no two ends')
    return post('/api/v1/routes', { body: { from, to, profile: 'walk', datum: 'wgs84' }, signal })
  })
  const chosen = computed(() => places.data.value?.find((place) => place.id === chosenId.value) ?? null)

  watch([origin, minutes, category], ([from]) => {
    chosenId.value = null
    if (from) void places.load()
    else places.clear()
  }, { immediate: true }) // prettier-ignore
  watch(chosen, (place) => {
    way.clear()
    if (place) void way.load()
  })

  return { origin, minutes, category, categories, places, chosen, chosenId, way }
}

export type Around = ReturnType<typeof useAround>

export function spotOf(place: Nearby | null): Spot | null {
  const [lon, lat] = (place?.geometry?.coordinates ?? []) as number[]
  return lon === undefined || lat === undefined ? null : { lon, lat }
}
