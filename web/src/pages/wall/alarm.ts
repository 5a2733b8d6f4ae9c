/** A sound and a flash when something turns red. Browsers give a page no voice until somebody has pressed something. */
import { ref } from 'vue'
import { chime } from '@/state/sound'

const STORED = 'yike.sound'
const FLASH_MS = 2_400
/** Of many reds in a row each flashes, but the ear is spared. */
const QUIET_MS = 4_000

export function useAlarm() {
  const isOn = ref(localStorage.getItem(STORED) === 'on')
  /** Wanted, but not allowed by the browser yet. */
  const isMuted = ref(isOn.value)
  const isFlashing = ref(false)
  let context: AudioContext | null = null
  let soundedAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function toggle(): Promise<void> {
    // Wanted and not yet allowed: this press is the permission.
    isOn.value = isMuted.value || !isOn.value
    localStorage.setItem(STORED, isOn.value ? 'on' : 'off')
    if (!isOn.value) return
    context ??= new AudioContext()
    await context.resume()
    isMuted.value = context.state !== 'running'
    beep()
  }

  function ring(): void {
    isFlashing.value = true
    clearTimeout(timer)
    timer = setTimeout(() => (isFlashing.value = false), FLASH_MS)
    if (isOn.value && Date.now() - soundedAt > QUIET_MS) beep()
  }

  function beep(): void {
    if (context?.state !== 'running') return
    soundedAt = Date.now()
    chime(context)
  }

  return { isOn, isMuted, isFlashing, toggle, ring }
}
