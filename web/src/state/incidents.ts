/** Open incidents with their words, in the order in which they need a person. */
import { computed, onBeforeUnmount, shallowRef, triggerRef, watch, type Ref } from 'vue'
import { get } from '@/api/client'
import { asProblem, type Problem } from '@/api/problem'
import type { Incident, IncidentFeature } from '@/api/types'
import type { Change } from '@/live/board'
import type { IncidentRow } from '@/live/rows'
import type { Live } from '@/state/live'

/** More changes than this at once are asked for in one list, not one by one. */
const ONE_BY_ONE = 5
const RECOUNT_AFTER_MS = 1_000

export interface OpenIncident extends Incident {
  lon: number
  lat: number
}

export function useIncidents(area: Ref<string | null>, live: Live) {
  const rows = shallowRef(new Map<number, OpenIncident>())
  const isLoaded = shallowRef(false)
  const problem = shallowRef<Problem | null>(null)
  let request: AbortController | null = null

  async function load(): Promise<void> {
    request?.abort()
    const { signal } = (request = new AbortController())
    try {
      const query = { state: 'open', area: area.value, limit: 10_000 } as const
      const found = await get('/api/v1/incidents', { query, signal })
      rows.value = new Map(found.features.map((feature) => [feature.id, flat(feature)]))
      isLoaded.value = true
      problem.value = null
    } catch (error) {
      if (!signal.aborted) problem.value = asProblem(error)
    }
  }

  async function take(change: Change<IncidentRow>): Promise<void> {
    try {
      const found = flat(await get('/api/v1/incidents/{incident_id}', { path: { incident_id: change.id } }))
      // It may have been closed, or merged, while it was asked for.
      if (found.state === 'open' && found.merged_into_id === null) rows.value.set(change.id, found)
      else rows.value.delete(change.id)
      triggerRef(rows)
    } catch (error) {
      problem.value = asProblem(error)
    }
  }

  let timer: ReturnType<typeof setTimeout> | null = null
  function recount(): void {
    timer ??= setTimeout(() => {
      timer = null
      void load()
    }, RECOUNT_AFTER_MS)
  }
  onBeforeUnmount(() => {
    if (timer !== null) clearTimeout(timer)
  })

  live.follow((changes) => {
    if (changes.isSnapshot) {
      void load()
      return
    }
    // What is not open any more may stand within another now, which then counts one more.
    if (changes.incidents.some(({ after }) => !after)) recount()
    for (const { id, after } of changes.incidents) {
      const known = rows.value.get(id)
      if (!after) rows.value.delete(id)
      // The stream knows the order's state at once; its words follow.
      else if (known) rows.value.set(id, { ...known, order_state: after.orderState, severity: after.severity })
    }
    if (changes.incidents.length > 0) triggerRef(rows)
    const open = changes.incidents.filter((change) => change.after)
    if (open.length > ONE_BY_ONE) void load()
    else for (const change of open) void take(change)
  })
  watch(area, () => {
    rows.value = new Map()
    isLoaded.value = false
  })

  const sorted = computed(() =>
    [...rows.value.values()].sort((a, b) => b.severity - a.severity || a.opened_at.localeCompare(b.opened_at)),
  )
  return {
    rows,
    isLoaded,
    problem,
    load,
    /** Nobody has been sent yet: gravest first, then who has waited longest. */
    waiting: computed(() => sorted.value.filter((incident) => incident.order_state === null)),
    underway: computed(() => sorted.value.filter((incident) => incident.order_state !== null)),
  }
}

function flat(feature: IncidentFeature): OpenIncident {
  const [lon = 0, lat = 0] = (feature.geometry?.coordinates ?? []) as number[]
  return { ...feature.properties, lon, lat }
}
