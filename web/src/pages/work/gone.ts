/** Orders that went away from under one's hands: to a colleague, or called off. It is said, not left to be guessed. */
import { ref, watch, type Ref } from 'vue'
import { get } from '@/api/client'
import type { Order } from '@/api/types'
import type { Outbox } from '@/pages/work/outbox'

const TO_DO: readonly string[] = ['dispatched', 'accepted', 'arrived']

export function useGone(orders: Ref<Order[] | null>, workerId: Ref<number | null>, outbox: Outbox) {
  const gone = ref<Order[]>([])

  watch(orders, (found, before) => {
    if (!found || !before) return
    const still = new Set(found.filter((order) => order.worker_id === workerId.value).map((order) => order.id))
    for (const order of before) {
      const wasMine = order.worker_id === workerId.value && TO_DO.includes(outbox.stateOf(order.id, order.state))
      if (wasMine && !still.has(order.id) && !outbox.isHandedOver(order.id)) void ask(order.id)
    }
    gone.value = gone.value.filter((order) => !still.has(order.id))
  })

  async function ask(id: number): Promise<void> {
    const worker = workerId.value
    const order = await get('/api/v1/orders/{order_id}', { path: { order_id: id } }).catch(() => null)
    if (!order || workerId.value !== worker || order.worker_id === worker && order.state !== 'cancelled') return
    gone.value = [...gone.value.filter((one) => one.id !== id), order]
  }

  return {
    orders: gone,
    dismiss: (id: number) => {
      gone.value = gone.value.filter((order) => order.id !== id)
    },
  }
}
