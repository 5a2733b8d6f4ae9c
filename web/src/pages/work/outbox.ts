/** Steps that have been made but not sent: kept in the phone until the service has them.

The service takes a step twice as once, so sending again after a lost answer is safe. */
import { computed, onBeforeUnmount, ref } from 'vue'
import { post } from '@/api/client'
import { asProblem, Problem } from '@/api/problem'
import type { Order, OrderState } from '@/api/types'
import { keep, kept, outboxOf, type OutboxName } from '@/state/kept'
import { account } from '@/state/session'

export type WorkerStep = 'accept' | 'arrive' | 'handle' | 'return'

export const STATE_AFTER: Record<WorkerStep, OrderState> = {
  accept: 'accepted',
  arrive: 'arrived',
  handle: 'handled',
  return: 'returned',
}

export interface PendingStep {
  orderId: number
  step: WorkerStep
  note: string | null
  lon: number | null
  lat: number | null
  madeAt: string
}

const AGAIN_EVERY_MS = 10_000

/** @param onSent is told the order as the service has it now, or null when it refused the step. */
export function useOutbox(onSent: (order: Order | null) => void) {
  const stored = outboxOf(account.value)
  const pending = ref<PendingStep[]>(read(stored))
  const isSending = ref(false)
  /** A step the service refused: it is not tried again, somebody has to read why. */
  const refused = ref<{ step: PendingStep; problem: Problem } | null>(null)

  function add(step: PendingStep): Promise<void> {
    pending.value = [...pending.value, step]
    keep(stored, pending.value)
    return flush()
  }

  /** Send in the order in which the steps were made; stop at the first that does not get through. */
  async function flush(): Promise<void> {
    if (isSending.value) return
    isSending.value = true
    for (let next = pending.value[0]; next; next = pending.value[0]) {
      let order: Order | null = null
      try {
        order = await send(next)
      } catch (error) {
        const problem = asProblem(error)
        // Signed out in between: it waits until the same person is back.
        if (problem.isUnreachable || problem.status === 401) break
        refused.value = { step: next, problem }
      }
      // First the new state, then the end of waiting: in between the old button must not come back.
      onSent(order)
      pending.value = pending.value.slice(1)
      keep(stored, pending.value)
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
    refused,
    add,
    flush,
    /** The state an order has for the one who made its steps, sent or not. */
    stateOf: (orderId: number, known: OrderState): OrderState => {
      const last = pending.value.findLast((step) => step.orderId === orderId)
      return last ? STATE_AFTER[last.step] : known
    },
  }
}

export type Outbox = ReturnType<typeof useOutbox>

function send({ orderId, step, note, lon, lat, madeAt }: PendingStep): Promise<Order> {
  // A step sent late says when it was made: the service's own time is that of its arrival.
  const isLate = Date.now() - Date.parse(madeAt) > 60_000
  const told = isLate ? [note, `(${madeAt})`].filter(Boolean).join(' ') : note
  return post('/api/v1/orders/{order_id}/{step}', {
    path: { order_id: orderId, step },
    body: { note: told, lon, lat, datum: 'wgs84' },
  })
}

function read(name: OutboxName): PendingStep[] {
  const found = kept(name)
  return Array.isArray(found) ? (found as PendingStep[]) : []
}
