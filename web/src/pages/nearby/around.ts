/** What is within so many minutes on foot of a place, and the way to one of them. All of it stands in the address. */
import { computed, ref, watch } from 'vue'
import { get, post } from '@/api/client'
import type { Nearby, Route } from '@/api/types'
import { fromGcj02, toGcj02, type Spot } from '@/map/datum'
import { parameter } from '@/router'
import { useCategories } from '@/state/categories'
import { useResource } from '@/state/resource'

export const MINUTES = [5, 10, 15] as const

export function useAround() {
  const at = parameter('at')
  const asked = parameter('minutes')
  const category = parameter('category')
  const open = parameter('open')
  const wanted = parameter('place')
  /** `?datum=gcj02`: the address and this phone's own positions are in GCJ-02, as in WeChat's browser. Nothing is guessed. */
  const datum = parameter('datum')
  const isGcj02 = computed(() => datum.value === 'gcj02')
  const categories = useCategories(ref(null))

  const origin = computed<Spot | null>({
    get: () => {
      const [lon, lat] = (at.value ?? '').split(',').map(Number)
      if (!lon || !lat || Math.abs(lon) > 180 || Math.abs(lat) > 90) return null
      return fromPhone({ lon, lat })
    },
    set: (spot) => {
      const told = spot && isGcj02.value ? toGcj02(spot) : spot
      at.value = told ? `${told.lon.toFixed(6)},${told.lat.toFixed(6)}` : null
    },
  })
  const minutes = computed({
    get: () => MINUTES.find((one) => one === Number(asked.value)) ?? 10,
    set: (value) => (asked.value = String(value)),
  })
  const openNow = computed({
    get: () => open.value === '1',
    set: (value) => (open.value = value ? '1' : null),
  })
  const chosenId = computed({
    get: () => Number(wanted.value) || null,
    set: (id) => (wanted.value = id === null ? null : String(id)),
  })

  /** A position of this phone, as WGS 84. */
  function fromPhone(spot: Spot): Spot {
    return isGcj02.value ? fromGcj02(spot) : spot
  }

  /** How many were left out because nobody knows their hours. */
  const unknownHours = ref(0)
  const places = useResource<Nearby[]>(async (signal) => {
    const from = origin.value ?? { lon: 0, lat: 0 }
    const query = { ...from, minutes: minutes.value, category: category.value, open_now: openNow.value }
    const found = await get('/api/v1/nearby', { query, signal })
    unknownHours.value = found.unknown_hours
    return found.features
  })
  const way = useResource<Route>((signal) => {
    const to = spotOf(chosen.value)
    const from = origin.value
    if (!to || !from) throw new Error('no two ends')
    return post('/api/v1/routes', { body: { from, to, profile: 'walk', datum: 'wgs84' }, signal })
  })
  const chosen = computed(() => places.data.value?.find((place) => place.id === chosenId.value) ?? null)

  let isFirst = true
  watch([at, minutes, category, openNow], () => {
    // A link that names a place opens it.
    if (!isFirst) chosenId.value = null
    isFirst = false
    if (origin.value) void places.load()
    else places.clear()
  }, { immediate: true }) // prettier-ignore
  watch(chosen, (place) => {
    way.clear()
    if (place) void way.load()
  })

  return { origin, fromPhone, minutes, category, openNow, unknownHours, categories, places, chosen, chosenId, way }
}

export type Around = ReturnType<typeof useAround>

export function spotOf(place: Nearby | null): Spot | null {
  const [lon, lat] = (place?.geometry?.coordinates ?? []) as number[]
  return lon === undefined || lat === undefined ? null : { lon, lat }
}
