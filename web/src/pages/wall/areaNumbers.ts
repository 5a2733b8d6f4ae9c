/** Numbers of areas side by side: those below the one that is shown, and those the map shows far out. */
import { computed, onBeforeUnmount, ref, watch, type Ref } from 'vue'
import { get } from '@/api/client'
import type { AreaNumbers } from '@/api/types'
import { AREAS_TO_ZOOM } from '@/map/layers/areaCounts'
import type { Live } from '@/state/live'
import { useResource } from '@/state/resource'
import { session } from '@/state/session'

const PAUSE_MS = 3_000
const NOW_AND_THEN_MS = 60_000

export function useAreaNumbers(area: Ref<string | null>, zoom: Ref<number>, live: Live) {
  const isOpen = ref(false)
  const shown = computed(() => (area.value === null ? (session.value?.area_id ?? null) : Number(area.value)))
  const below = useResource<AreaNumbers[]>((signal) => children(shown.value, signal), PAUSE_MS)
  const far = useResource<AreaNumbers[]>(async (signal) => {
    const levels = ['district', 'subdistrict'] as const
    const found = await Promise.all(
      levels.map((level) => get('/api/v1/area-numbers', { query: { level, area: area.value }, signal })),
    )
    return found.flatMap(({ items }) => items)
  }, PAUSE_MS)
  const isFar = computed(() => zoom.value <= AREAS_TO_ZOOM)

  /** Only what somebody sees is asked for. */
  function refresh(): void {
    if (isOpen.value) below.refresh()
    if (isFar.value) far.refresh()
  }

  watch([isOpen, isFar], refresh, { immediate: true })
  watch(area, () => {
    below.clear()
    far.clear()
    refresh()
  })
  live.follow((changes) => {
    if (changes.isSnapshot || changes.devices.length > 0 || changes.incidents.length > 0) refresh()
  })
  const timer = setInterval(refresh, NOW_AND_THEN_MS)
  onBeforeUnmount(() => {
    clearInterval(timer)
  })

  return { isOpen, below, far }
}

export type AreaFigures = ReturnType<typeof useAreaNumbers>

async function children(parent: number | null, signal: AbortSignal): Promise<AreaNumbers[]> {
  if (parent !== null) return (await get('/api/v1/area-numbers', { query: { parent }, signal })).items
  // Which level is the highest differs from place to place.
  for (const level of ['city', 'district', 'subdistrict', 'community'] as const) {
    const { items } = await get('/api/v1/area-numbers', { query: { level }, signal })
    if (items.length > 0) return items
  }
  return []
}
