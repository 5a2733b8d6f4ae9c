/** What has been done but not sent: kept in the phone until the service has it, in the order in which it was done.

The service takes a step and a picture twice as once, so sending again after a lost answer is safe. */
import { computed, onBeforeUnmount, ref } from 'vue'
import { get, post, put, upload } from '@/api/client'
import { asProblem, Problem } from '@/api/problem'
import type { Order, OrderState } from '@/api/types'
import { t } from '@/i18n'
import { clock } from '@/i18n/format'
import { forgetBlob, keepBlob, keptBlob } from '@/state/blobs'
import { keep, kept, outboxOf, type OutboxName } from '@/state/kept'
import { account } from '@/state/session'

export type WorkerStep = 'accept' | 'arrive' | 'handle' | 'return'

export const STATE_AFTER: Record<WorkerStep, OrderState> = {
  accept: 'accepted',
  arrive: 'arrived',
  handle: 'handled',
  return: 'returned',
}

interface Done {
  orderId: number
  /** The place, for the words to whoever made the step. */
  where: string
  madeAt: string
}
export interface PendingStep extends Done {
  step: WorkerStep
  note: string | null
  lon: number | null
  lat: number | null
  awayUntil?: string | null
}
/** `photo` is where the picture is kept. */
export interface PendingPhoto extends Done {
  step: 'photo'
  photo: string
}
export interface PendingHandOver extends Done {
  step: 'hand-over'
  to: number
  toName: string
  note: string | null
}
/** Belongs to no order: its `orderId` is 0. */
export interface PendingDuty extends Done {
  step: 'duty'
  workerId: number
  isOn: boolean
}
/** A visit of the day's tour; it belongs to no order: its `orderId` is 0. */
export interface PendingVisit extends Done {
  step: 'visit'
  visitId: number
  to: VisitStep
  note: string | null
}
export type VisitStep = 'done' | 'missed' | 'skip'
export type Pending = PendingStep | PendingPhoto | PendingHandOver | PendingDuty | PendingVisit

/** What the service did not take. `order` is how it stands now, as far as that could be asked. */
export interface Refused {
  item: Pending
  problem: Problem
  order: Order | null
}

const AGAIN_EVERY_MS = 10_000

/**
 * @param onSent is told the order as the service has it now, or null when it refused the step.
 * @param onDuty is told what the service has taken of being on duty.
 */
export function useOutbox(onSent: (order: Order | null) => void, onDuty: (workerId: number, isOn: boolean) => void) {
  const stored = outboxOf(account.value)
  const pending = ref<Pending[]>(read(stored))
  const isSending = ref(false)
  /** Not tried again: somebody has to read why. */
  const refused = ref<Refused[]>([])

  function add(...items: Pending[]): Promise<void> {
    pending.value = [...pending.value, ...items]
    keep(stored, pending.value)
    return flush()
  }

  async function addPhoto(picture: Blob, done: Done): Promise<void> {
    // Not `randomUUID`: pages on plain http have none.
    const photo = `${stored}/${Date.now()}-${Math.random().toString(36).slice(2)}`
    await keepBlob(photo, picture)
    await add({ ...done, step: 'photo', photo })
  }

  /** Send in the order in which things were done; stop at the first that does not get through. */
  async function flush(): Promise<void> {
    if (isSending.value) return
    isSending.value = true
    for (let next = pending.value[0]; next; next = pending.value[0]) {
      let order: Order | null = null
      try {
        order = await send(next)
      } catch (error) {
        const problem = asProblem(error)
        if (!isFinal(problem)) break
        const present = await askFor(next.orderId)
        // An answer was lost on the way: it had been taken.
        if (present && isDoneIn(present, next)) order = present
        else refused.value = [...refused.value, { item: next, problem, order: present }]
      }
      // First the new state, then the end of waiting: in between the old button must not come back.
      if (next.step === 'duty' && !refused.value.some((one) => one.item === next)) onDuty(next.workerId, next.isOn)
      onSent(order)
      pending.value = pending.value.slice(1)
      keep(stored, pending.value)
      if (next.step === 'photo') void forgetBlob(next.photo)
    }
    isSending.value = false
  }

  const again = () => void flush()
  const timer = setInterval(again, AGAIN_EVERY_MS)
  addEventListener('online', again)
  onBeforeUnmount(() => {
    clearInterval(timer)
    removeEventListener('online', again)
  })
  again()

  return {
    pending: computed(() => pending.value),
    isSending,
    refused: computed(() => refused.value),
    dismiss: (seen: Refused[]) => {
      refused.value = refused.value.filter((one) => !seen.includes(one))
    },
    add,
    addPhoto,
    flush,
    /** The state an order has for the one who made its steps, sent or not. */
    stateOf: (orderId: number, known: OrderState): OrderState => {
      const last = pending.value.findLast((item) => item.orderId === orderId && item.step in STATE_AFTER)
      return last ? STATE_AFTER[last.step as WorkerStep] : known
    },
    isHandedOver: (orderId: number): boolean =>
      pending.value.some((item) => item.orderId === orderId && item.step === 'hand-over'),
    photosOf: (orderId: number): PendingPhoto[] =>
      pending.value.filter((item): item is PendingPhoto => item.orderId === orderId && item.step === 'photo'),
    /** What was said of a visit here and not sent yet. */
    visitStepOf: (visitId: number): VisitStep | null => {
      const said = pending.value.findLast((item) => item.step === 'visit' && item.visitId === visitId)
      return said?.step === 'visit' ? said.to : null
    },
    /** Whether somebody is on duty, as far as it was said here and not sent yet. */
    dutyOf: (workerId: number): boolean | null => {
      const said = pending.value.findLast((item) => item.step === 'duty' && item.workerId === workerId)
      return said?.step === 'duty' ? said.isOn : null
    },
  }
}

export type Outbox = ReturnType<typeof useOutbox>

/** Refused for good. Who is signed out in between is asked again when back; a service in trouble, too. */
function isFinal({ status }: Problem): boolean {
  return status >= 400 && status < 500 && ![401, 408, 429].includes(status)
}

function isDoneIn(order: Order, item: Pending): boolean {
  if (item.step === 'hand-over') return order.worker_id === item.to
  return item.step in STATE_AFTER && order.state === STATE_AFTER[item.step as WorkerStep]
}

async function askFor(orderId: number): Promise<Order | null> {
  if (orderId === 0) return null
  return get('/api/v1/orders/{order_id}', { path: { order_id: orderId } }).catch(() => null)
}

async function send(item: Pending): Promise<Order | null> {
  const path = { order_id: item.orderId }
  if (item.step === 'photo') {
    const picture = await keptBlob(item.photo)
    if (!picture) throw new Problem(410, t('outbox.lost'), null, {})
    return upload('/api/v1/orders/{order_id}/photos', { path: { order_id: item.orderId }, picture })
  }
  if (item.step === 'duty') {
    await put('/api/v1/workers/{worker_id}/duty', { path: { worker_id: item.workerId }, body: { on_duty: item.isOn } })
    return null
  }
  if (item.step === 'visit') {
    const path = { visit_id: item.visitId, step: item.to }
    await post('/api/v1/visits/{visit_id}/{step}', { path, body: { note: item.note, at: item.madeAt } })
    return null
  }
  if (item.step === 'hand-over') {
    return post('/api/v1/orders/{order_id}/hand-over', { path, body: { worker_id: item.to, note: item.note } })
  }
  // A step sent late says when it was made: the service's own time is that of its arrival.
  const madeAt = new Date(item.madeAt)
  const isLate = Date.now() - madeAt.getTime() > 60_000
  const note = isLate ? [item.note, t('step.madeAt', { time: clock(madeAt) })].filter(Boolean).join(' ') : item.note
  return post('/api/v1/orders/{order_id}/{step}', {
    path: { ...path, step: item.step },
    body: { note, lon: item.lon, lat: item.lat, datum: 'wgs84', away_until: item.awayUntil ?? null },
  })
}

function read(name: OutboxName): Pending[] {
  const found = kept(name)
  return Array.isArray(found) ? (found as Pending[]) : []
}
