/** Who holds this phone, their open orders, and where they are. */
import { computed, onBeforeUnmount, ref, watch } from 'vue'
import { get, put } from '@/api/client'
import type { Order, WorkerFeature } from '@/api/types'
import { useDay } from '@/pages/work/day'
import { useGone } from '@/pages/work/gone'
import { useOutbox } from '@/pages/work/outbox'
import { useRing } from '@/pages/work/ring'
import { forget, keep, kept } from '@/state/kept'
import { useLive } from '@/state/live'
import { usePosition } from '@/state/position'
import { useResource } from '@/state/resource'
import { account, mayActFor, session } from '@/state/session'

/** Nothing is left to do for the worker. */
const OVER: readonly string[] = ['returned', 'verified', 'closed', 'cancelled']
const LOOK_EVERY_MS = 20_000
const TELL_EVERY_MS = 15_000

export function useDuty() {
  const chosen = ref<number | null>(Number(kept('worker')) || null)
  /** Whoever has a worker's account is that worker; anyone else chooses. */
  const own = computed(() => session.value?.worker_id ?? null)
  const workerId = computed({
    get: () => own.value ?? chosen.value,
    set: (id) => (chosen.value = id),
  })
  const me = useResource<WorkerFeature>((signal) =>
    get('/api/v1/workers/{worker_id}', { path: { worker_id: workerId.value ?? 0 }, signal }),
  )
  const orders = useResource<Order[]>(async (signal) => {
    const query = { worker: workerId.value, open: true }
    return (await get('/api/v1/orders', { query, signal })).items
  }, 400)
  const outbox = useOutbox((sent) => {
    if (sent) orders.data.value = (orders.data.value ?? []).map((order) => (order.id === sent.id ? sent : order))
    else {
      me.refresh()
      day.refresh()
    }
    orders.refresh()
  }, (id, isOn) => {
    // Known at once: until the worker was fetched anew, the switch would show what was before.
    const mine = me.data.value
    if (mine?.properties.id === id) me.data.value = { ...mine, properties: { ...mine.properties, on_duty: isOn } }
  })
  const day = useDay(workerId, outbox)
  const gone = useGone(orders.data, workerId, outbox)
  const { position, trouble, isWatching, start, stop } = usePosition()

  // The community's news are enough for a phone; what lies beyond is found by looking now and then.
  const area = computed(() => {
    // Less than a community may be all that the account sees.
    if (session.value?.area_id != null) return null
    return me.data.value?.properties.area.split('/').slice(0, -1).join('/') || null
  })
  const live = useLive(area)
  live.follow((changes) => {
    if (workerId.value !== null && (changes.isSnapshot || changes.incidents.length > 0)) orders.refresh()
  })

  watch(
    workerId,
    (id) => {
      orders.clear()
      me.clear()
      if (id === null) {
        forget('worker')
        stop()
        return
      }
      if (own.value === null) keep('worker', id)
      // Without signal the orders of last time are better than an empty screen.
      orders.data.value = remembered(id)
      void me.load()
      void orders.load()
    },
    { immediate: true },
  )
  watch(orders.data, (found) => {
    if (found && workerId.value !== null) keep('orders', { worker: workerId.value, found })
  })

  const isOn = computed(() => {
    const said = outbox.dutyOf(workerId.value ?? 0)
    return said ?? me.data.value?.properties.on_duty ?? null
  })
  /** The phone is the worker's own: one who only looks at their orders does not stand where they do. */
  const isMine = computed(() => own.value !== null || account.value === null)
  watch([isOn, isMine], () => {
    if (isOn.value && isMine.value && !isWatching.value) start()
    else if (!isOn.value) stop()
  })

  function setOnDuty(on: boolean): Promise<void> {
    const worker = workerId.value ?? 0
    const done = { orderId: 0, where: '', madeAt: new Date().toISOString() }
    return outbox.add({ ...done, step: 'duty', workerId: worker, isOn: on })
  }

  let toldAt = 0
  const isLate = ref(false)
  watch(position, async (now) => {
    if (!now || workerId.value === null || Date.now() - toldAt < TELL_EVERY_MS) return
    toldAt = Date.now()
    const body = { lon: now.lon, lat: now.lat, accuracy_m: now.accuracy, datum: 'wgs84' as const }
    try {
      await put('/api/v1/workers/{worker_id}/position', { path: { worker_id: workerId.value }, body })
      isLate.value = false
    } catch {
      isLate.value = true
    }
  })
  const timer = setInterval(() => {
    if (workerId.value !== null) orders.refresh()
    if (workerId.value !== null) day.refresh()
  }, LOOK_EVERY_MS)
  onBeforeUnmount(() => {
    clearInterval(timer)
  })

  /** Open orders as the holder of the phone left them: a step that waits to be sent counts as made. */
  const open = computed(() =>
    (orders.data.value ?? [])
      .map((order) => ({ ...order, state: outbox.stateOf(order.id, order.state) }))
      .filter((order) => !OVER.includes(order.state) && !outbox.isHandedOver(order.id) && order.worker_id === workerId.value)
      .sort((a, b) => Number(a.state === 'handled') - Number(b.state === 'handled') || b.severity - a.severity || a.id - b.id),
  )
  const ring = useRing(computed(() => (mayActFor(workerId.value) ? open.value : [])))
  const home = computed(() => {
    const [lon, lat] = (me.data.value?.geometry?.coordinates ?? []) as number[]
    return lon === undefined || lat === undefined ? null : { lon, lat }
  })

  return {
    workerId,
    /** The worker whose account it is, where it is one's. */
    own,
    me,
    orders,
    open,
    day,
    outbox,
    live,
    /** The phone's position, or the last one the service knows, or the post. */
    place: computed(() => position.value ?? home.value),
    sharing: { isOn: isWatching, trouble, isLate, start, stop },
    onDuty: { isOn, isMine, set: setOnDuty },
    ring,
    gone,
  }
}

export type Duty = ReturnType<typeof useDuty>

function remembered(worker: number): Order[] | null {
  const stored = kept('orders') as { worker: number; found: Order[] } | null
  return stored?.worker === worker ? stored.found : null
}
