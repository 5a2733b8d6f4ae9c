/** Moves of the map: short, never through the air, and none at all for who wants no motion. */
import type { Map, PaddingOptions } from 'maplibre-gl'
import { toBounds, type Box } from '@/map/bounds'

/** Whether the user wants no motion. */
export const still = matchMedia('(prefers-reduced-motion: reduce)')

export function moveTo(map: Map, lon: number, lat: number, zoom: number, padding?: PaddingOptions): void {
  map.easeTo({ center: [lon, lat], zoom, duration: still.matches ? 0 : 700, ...(padding ? { padding } : {}) })
}

/** Pixels of the screen as those of a magnified map. */
export function unmagnified({ top = 0, right = 0, bottom = 0, left = 0 }: PaddingOptions, magnify: number): PaddingOptions {
  return { top: top / magnify, right: right / magnify, bottom: bottom / magnify, left: left / magnify }
}

export function fit(map: Map, box: Box, padding: PaddingOptions, maxZoom = 17.5): void {
  // easeTo adds the padding of earlier moves to that of this one; begin from none.
  map.setPadding({ top: 0, right: 0, bottom: 0, left: 0 })
  map.fitBounds(toBounds(box), { padding, maxZoom, duration: still.matches ? 0 : 700 })
}
