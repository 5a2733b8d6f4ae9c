/** The list and the numbers of the wall while the past is shown. */
import { computed, shallowRef, triggerRef, watch, type Ref } from 'vue'
import { get } from '@/api/client'
import type { Summary } from '@/api/types'
import type { OpenIncident } from '@/state/incidents'
import type { Replay } from '@/state/replay'

export function usePast(replay: Replay, summary: Ref<Summary | null>) {
  /** Title and place of an incident never change: asked for once. */
  const known = shallowRef(new Map<number, OpenIncident>())
  const asked = new Set<number>()

  watch(replay.incidents, (rows) => {
    if (!replay.isOn.value) return
    for (const { id } of rows) if (!asked.has(id)) void ask(id)
  })

  async function ask(id: number): Promise<void> {
    asked.add(id)
    try {
      const { properties, geometry } = await get('/api/v1/incidents/{incident_id}', { path: { incident_id: id } })
      const [lon = 0, lat = 0] = (geometry?.coordinates ?? []) as number[]
      known.value.set(id, { ...properties, lon, lat })
      triggerRef(known)
    } catch {
      asked.delete(id)
    }
  }

  const sorted = computed(() =>
    replay.incidents.value
      .flatMap((row): OpenIncident[] => {
        const found = known.value.get(row.id)
        return found ? [{ ...found, order_state: row.orderState, severity: row.severity, worker: null }] : []
      })
      .sort((a, b) => b.severity - a.severity || a.opened_at.localeCompare(b.opened_at)),
  )
  const numbers = computed<Summary | null>(() => {
    if (!summary.value) return null
    const count = (status: string, kind?: string) =>
      replay.devices.value.filter((row) => row.status === status && (kind === undefined || row.kind === kind)).length
    return {
      ...summary.value,
      abnormal: count('abnormal'),
      offline: count('offline'),
      kinds: summary.value.kinds.map((row) => ({ ...row, abnormal: count('abnormal', row.kind) })),
    }
  })
  return {
    numbers,
    waiting: computed(() => sorted.value.filter((incident) => incident.order_state === null)),
    underway: computed(() => sorted.value.filter((incident) => incident.order_state !== null)),
  }
}
