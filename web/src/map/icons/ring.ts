/** A cluster's ring: what share of it is red, what grey, the rest blue. The number in it is text of the map. */
import { arc, disc, draw } from '@/map/icons/canvas'
import type { Look } from '@/map/stage'

/** Shares come in so many steps: a bounded number of images, however long a wall runs. */
export const STEPS = 24
export const RADII = [15, 19, 23]

export function clusterRing(parts: string[], look: Look, pixelRatio: number): ImageData {
  const [size, red, grey] = parts.map(Number)
  const radius = RADII[size ?? 0] ?? 15
  const isDay = look === 'day'
  return draw(2 * radius + 10, pixelRatio, (context) => {
    const abnormal = (red ?? 0) / STEPS
    const offline = (grey ?? 0) / STEPS
    disc(context, radius + 2, isDay ? 'rgb(255 255 255 / 0.92)' : 'rgb(12 15 20 / 0.9)')
    arc(context, radius, 2.5, isDay ? '#3b82f6b0' : '#3b82f6a0', abnormal + offline, 1)
    if (offline > 0) arc(context, radius, 2.5, '#8b95a1', abnormal, abnormal + offline)
    if (abnormal > 0) arc(context, radius, 5, '#ef4444', 0, abnormal)
  })
}
