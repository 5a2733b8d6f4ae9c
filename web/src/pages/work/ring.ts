/** A new order rings: sound, vibration, and a notice until it is looked at. */
import { computed, onBeforeUnmount, ref, watch, type Ref } from 'vue'
import type { Order } from '@/api/types'
import { keep, kept } from '@/state/kept'
import { chime } from '@/state/sound'

const AGAIN_EVERY_MS = 12_000
const MOST_SEEN = 200

export function useRing(orders: Ref<Order[]>) {
  const seen = ref(remembered())
  /** Whether the phone may sound: only after the first touch. */
  const hasVoice = ref(false)
  let context: AudioContext | null = null

  const unseen = computed(() => orders.value.filter((order) => order.state === 'dispatched' && !seen.value.includes(name(order))))

  function markSeen(order: Order): void {
    if (seen.value.includes(name(order))) return
    seen.value = [...seen.value, name(order)].slice(-MOST_SEEN)
    keep('seen', seen.value)
  }

  function ring(): void {
    if ('vibrate' in navigator) navigator.vibrate([400, 200, 400])
    if (context?.state === 'running') chime(context, [880, 1175, 880, 1175])
  }

  async function allow(): Promise<void> {
    if (hasVoice.value) return
    context ??= new AudioContext()
    await context.resume()
    hasVoice.value = context.state === 'running'
  }

  watch(
    () => unseen.value.map(name),
    (now, before) => {
      if (now.some((one) => !before?.includes(one))) ring()
    },
    { immediate: true },
  )
  const timer = setInterval(() => {
    if (unseen.value.length > 0) ring()
  }, AGAIN_EVERY_MS)
  const onTouch = () => void allow()
  addEventListener('pointerdown', onTouch, { capture: true })
  onBeforeUnmount(() => {
    clearInterval(timer)
    removeEventListener('pointerdown', onTouch, { capture: true })
    void context?.close()
  })

  return { unseen, markSeen, hasVoice }
}

/** An order that comes back is new again. */
function name(order: Order): string {
  return `${order.id}@${order.steps.filter((step) => step.state === 'dispatched').length}`
}

function remembered(): string[] {
  const found = kept('seen')
  return Array.isArray(found) ? (found as string[]) : []
}
