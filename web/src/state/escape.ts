/** Esc goes one step back: whoever opened something last is asked first. */
import { onBeforeUnmount, watch, type WatchSource } from 'vue'

const steps: (() => void)[] = []

addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.defaultPrevented) return
  const step = steps.at(-1)
  if (step) {
    event.preventDefault()
    step()
  }
})

/** While `isOpen` holds, Esc calls `back`. */
export function onEscape(isOpen: WatchSource<boolean>, back: () => void): void {
  const leave = () => {
    const at = steps.lastIndexOf(back)
    if (at >= 0) steps.splice(at, 1)
  }
  watch(
    isOpen,
    (open) => {
      leave()
      if (open) steps.push(back)
    },
    { immediate: true },
  )
  onBeforeUnmount(leave)
}
