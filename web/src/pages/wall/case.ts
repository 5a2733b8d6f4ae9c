/** The case a dispatcher looks at: a device or a report, who is near, and the order that stands on it. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { get, post } from '@/api/client'
import { asProblem, type Problem } from '@/api/problem'
import type { Device, HistoryStep, Incident, IncidentFeature, NearestAnswer, NearestFeature, Order, OrderReason, OrderState } from '@/api/types'
import type { Live } from '@/state/live'
import type { OpenIncident } from '@/state/incidents'
import { useResource } from '@/state/resource'

export interface Selection {
  deviceId: number | null
  incidentId: number | null
}

/** What the card needs of an incident, wherever it came from. */
export interface CaseIncident {
  id: number
  title: string
  title_en: string | null
  severity: number
  opened_at: string
  order_id: number | null
  order_state: OrderState | null
  worker: string | null
}

const NEAREST = 3

export function useCase(selection: Ref<Selection | null>, open: Ref<Map<number, OpenIncident>>, live: Live) {
  const device = useResource<Device & { lon: number; lat: number }>(async (signal) => {
    const found = await get('/api/v1/devices/{device_id}', { path: { device_id: selection.value?.deviceId ?? 0 }, signal })
    const [lon = 0, lat = 0] = (found.geometry?.coordinates ?? []) as number[]
    return { ...found.properties, lon, lat }
  }, 250)
  const nearest = useResource<NearestAnswer>((signal) =>
    get('/api/v1/nearest-workers', { query: { incident: incident.value?.id ?? null, k: NEAREST, by: 'preference' }, signal }),
  )
  const order = useResource<Order>(
    (signal) => get('/api/v1/orders/{order_id}', { path: { order_id: incident.value?.order_id ?? 0 }, signal }),
    250,
  )
  const about = () => ({ incident_id: incident.value?.id ?? 0 })
  const facts = useResource<Incident>(
    async (signal) => (await get('/api/v1/incidents/{incident_id}', { path: about(), signal })).properties,
    250,
  )
  const history = useResource<HistoryStep[]>(
    async (signal) => (await get('/api/v1/incidents/{incident_id}/history', { path: about(), signal })).items,
    250,
  )
  /** What was merged into this one and still stands. */
  const merged = useResource<IncidentFeature[]>(async (signal) => {
    const query = { merged_into: incident.value?.id ?? 0, state: 'open' } as const
    return (await get('/api/v1/incidents', { query, signal })).features
  })
  const ofIncident = [facts, history, merged] as const
  const chosenWorker = ref<number | null>(null)
  const isSending = ref(false)
  const problem = shallowRef<Problem | null>(null)
  /** Somebody else was faster: who has it. */
  const standing = shallowRef<Order | null>(null)

  const report = computed(() => {
    const id = selection.value?.incidentId
    return id === null || id === undefined ? undefined : open.value.get(id)
  })
  const incident = computed<CaseIncident | null>(() => {
    if (selection.value?.deviceId === null) return report.value ?? null
    const standingOnIt = device.data.value?.incidents ?? []
    return standingOnIt.find((one) => one.id === selection.value?.incidentId) ?? standingOnIt[0] ?? null
  })
  const worker = computed(
    () =>
      nearest.data.value?.features.find((one) => one.properties.worker_id === chosenWorker.value) ??
      nearest.data.value?.features[0],
  )

  watch(selection, (next) => {
    for (const resource of [device, nearest, order]) resource.clear()
    chosenWorker.value = null
    problem.value = null
    standing.value = null
    if (next && next.deviceId !== null) void device.load()
  })
  watch(
    () => [incident.value?.id, incident.value?.order_id] as const,
    ([id, orderId], [before]) => {
      order.clear()
      if (id !== before) for (const resource of ofIncident) resource.clear()
      if (id === undefined) return
      for (const resource of ofIncident) void resource.load()
      if (orderId) void order.load()
      // Asked for again when an order was given back: people have moved since.
      else void nearest.load()
    },
  )
  watch(
    () => open.value.get(incident.value?.id ?? 0)?.merged,
    (now, before) => {
      if (before !== undefined && now !== before) for (const resource of ofIncident) resource.refresh()
    },
  )
  live.follow((changes) => {
    const chosen = selection.value
    if (!chosen) return
    const isOurs =
      changes.devices.some((change) => change.id === chosen.deviceId) ||
      changes.incidents.some((change) => change.id === incident.value?.id)
    if (!isOurs) return
    if (chosen.deviceId !== null) device.refresh()
    if (incident.value?.order_id) order.refresh()
    if (incident.value) for (const resource of ofIncident) resource.refresh()
  })

  /** Do something, then show how things stand; while it runs nothing can be pressed twice. */
  async function act(step: () => Promise<unknown>): Promise<void> {
    if (isSending.value) return
    isSending.value = true
    problem.value = null
    try {
      await step()
    } catch (error) {
      const found = asProblem(error)
      if (found.status === 409 && typeof found.more.order_id === 'number') {
        standing.value = await get('/api/v1/orders/{order_id}', { path: { order_id: found.more.order_id } })
      } else problem.value = found
    }
    isSending.value = false
    if (incident.value) for (const resource of ofIncident) resource.refresh()
    if (selection.value?.deviceId !== null && selection.value) await device.load()
  }

  function send(body: { worker_id?: number; department_id?: number; reason?: OrderReason }): Promise<void> {
    const id = incident.value?.id
    if (!id) return Promise.resolve()
    return act(() => post('/api/v1/incidents/{incident_id}/orders', { path: { incident_id: id }, body }))
  }

  function dispatch(): Promise<void> {
    const to = worker.value
    return to ? send({ worker_id: to.properties.worker_id, reason: reasonFor(to) }) : Promise.resolve()
  }

  function handOver(to: NearestFeature): Promise<void> {
    const id = incident.value?.order_id
    if (!id) return Promise.resolve()
    const body = { worker_id: to.properties.worker_id, reason: reasonFor(to) }
    return act(async () => {
      order.data.value = await post('/api/v1/orders/{order_id}/hand-over', { path: { order_id: id }, body })
    })
  }

  function rate(rating: number): Promise<void> {
    const id = incident.value?.order_id
    if (!id) return Promise.resolve()
    return act(async () => {
      order.data.value = await post('/api/v1/orders/{order_id}/rate', { path: { order_id: id }, body: { rating } })
    })
  }

  /** The same as another one: from then on that one is looked at. */
  function merge(into: OpenIncident): Promise<void> {
    const id = incident.value?.id
    if (!id) return Promise.resolve()
    return act(async () => {
      await post('/api/v1/incidents/{incident_id}/merge', { path: { incident_id: id }, body: { into: into.id } })
      selection.value = { deviceId: into.device_id, incidentId: into.id }
    })
  }

  function falseAlarm(note: string): Promise<void> {
    const id = incident.value?.id
    if (!id) return Promise.resolve()
    const body = { note: note.trim() || null }
    return act(() => post('/api/v1/incidents/{incident_id}/false-alarm', { path: { incident_id: id }, body }))
  }

  function move(step: 'verify' | 'cancel', note: string | null = null): Promise<void> {
    const id = incident.value?.order_id
    if (!id) return Promise.resolve()
    return act(() =>
      post('/api/v1/orders/{order_id}/{step}', { path: { order_id: id, step }, body: { note, datum: 'wgs84' } }),
    )
  }

  /** A person has looked after it: what stands on the device is closed, latched or not. */
  function check(note: string, awayUntil: string | null): Promise<void> {
    const deviceId = selection.value?.deviceId
    if (!deviceId) return falseAlarm(note)
    const body = { note: note.trim() || null, away_until: awayUntil }
    return act(() => post('/api/v1/devices/{device_id}/manual-check', { path: { device_id: deviceId }, body }))
  }

  return {
    device,
    report,
    incident,
    nearest,
    order,
    facts,
    history,
    merged,
    worker,
    isSending,
    problem,
    standing,
    dispatch,
    sendDepartment: (department: number) => send({ department_id: department }),
    handOver,
    rate,
    merge,
    falseAlarm,
    move,
    check,
    /** Others that stand, to merge this one into. */
    others: computed(() => [...open.value.values()].filter((one) => one.id !== incident.value?.id)),
    openOther: (other: Pick<Incident, 'id' | 'device_id'>) =>
      (selection.value = { deviceId: other.device_id ?? open.value.get(other.id)?.device_id ?? null, incidentId: other.id }),
    /** Send someone else than the nearest. */
    choose: (workerId: number) => (chosenWorker.value = workerId),
    dismiss: () => (problem.value = null),
  }
}

export type Case = ReturnType<typeof useCase>

/** Kept with the order: why this worker was sent. */
function reasonFor({ properties }: NearestFeature): OrderReason {
  const { seconds, length_m, position_age_s, open_orders, climb_s, profile, why } = properties
  return { seconds, length_m, position_age_s, open_orders, climb_s, profile, why }
}
