/** The numbers of an area, kept true: asked for again when the live stream brings news, and now and then. */
import { onBeforeUnmount, watch, type Ref } from 'vue'
import { get } from '@/api/client'
import type { Summary } from '@/api/types'
import type { Live } from '@/state/live'
import { useResource, type Resource } from '@/state/resource'

const NOW_AND_THEN_MS = 60_000

export function useSummary(area: Ref<string | null>, live: Live | null): Resource<Summary> {
  const summary = useResource((signal) => get('/api/v1/summary', { query: { area: area.value }, signal }), 1_500)
  watch(area, () => void summary.load(), { immediate: true })
  live?.follow((changes) => {
    if (changes.isSnapshot || changes.devices.length > 0 || changes.incidents.length > 0) summary.refresh()
  })
  const timer = setInterval(summary.refresh, NOW_AND_THEN_MS)
  onBeforeUnmount(() => {
    clearInterval(timer)
  })
  return summary
}
