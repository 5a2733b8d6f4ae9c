/** Where this phone is, as far as the browser tells. */
import { onBeforeUnmount, ref, shallowRef } from 'vue'

export interface Position {
  lon: number
  lat: number
  accuracy: number
}

/** Why there is no position: in words a page can show. */
export type PositionTrouble = 'insecure' | 'unsupported' | 'denied' | 'unavailable'

export function usePosition() {
  const position = shallowRef<Position | null>(null)
  const trouble = ref<PositionTrouble | null>(null)
  const isWatching = ref(false)
  let watcher: number | null = null

  function start(): void {
    trouble.value = null
    // Browsers hide positions from pages on plain http, and say nothing about why.
    if (!isSecureContext) trouble.value = 'insecure'
    else if (!('geolocation' in navigator)) trouble.value = 'unsupported'
    if (trouble.value) return
    isWatching.value = true
    watcher = navigator.geolocation.watchPosition(
      ({ coords }) => {
        trouble.value = null
        position.value = { lon: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy }
      },
      (error) => {
        trouble.value = error.code === error.PERMISSION_DENIED ? 'denied' : 'unavailable'
        if (error.code === error.PERMISSION_DENIED) stop()
      },
      { enableHighAccuracy: true, maximumAge: 10_000, timeout: 20_000 },
    )
  }

  function stop(): void {
    if (watcher !== null) navigator.geolocation.clearWatch(watcher)
    watcher = null
    isWatching.value = false
  }

  onBeforeUnmount(stop)
  return { position, trouble, isWatching, start, stop }
}
