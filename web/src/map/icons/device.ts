/** The marker of a device, round, or of a report, square. Red: the ring's thickness is how grave it is, the amber arc how far help has come. */
import { arc, disc, draw, glyph } from '@/map/icons/canvas'
import type { Look } from '@/map/stage'

const RED = '#ef4444'
const BLUE = '#3b82f6'
const AMBER = '#f59e0b'

const DISC = 9
const GAP = 1.5
const RINGS = [0, 1.5, 2.25, 3.25, 4.5]
const HELP = 3.5
const SIZE = 48

/** How much of the circle is closed: called, coming, there. */
const CLOSED: Record<string, number> = { dispatched: 0.35, accepted: 0.7, arrived: 1, handled: 1, verified: 1 }

export function deviceMarker(parts: string[], look: Look, pixelRatio: number): ImageData {
  return marker(parts, look, pixelRatio, disc)
}

export function reportMarker(parts: string[], look: Look, pixelRatio: number): ImageData {
  return marker(parts, look, pixelRatio, square)
}

type Shape = (context: CanvasRenderingContext2D, radius: number, fill: string) => void

function square(context: CanvasRenderingContext2D, radius: number, fill: string): void {
  const half = radius * 0.92
  context.beginPath()
  context.roundRect(-half, -half, 2 * half, 2 * half, half * 0.4)
  context.fillStyle = fill
  context.fill()
}

function marker(parts: string[], look: Look, pixelRatio: number, shape: Shape): ImageData {
  const [severity = '0', help = 'none', kind = ''] = parts
  const halo = look === 'day' ? '#ffffff' : '#080a0d'
  const ring = RINGS[Number(severity)] ?? 0
  const colour = ring > 0 ? RED : BLUE
  const size = ring > 0 ? DISC : DISC - 1
  return draw(SIZE, pixelRatio, (context) => {
    const outer = ring > 0 ? size + GAP + ring : size
    const closed = CLOSED[help] ?? 0
    if (closed > 0) disc(context, outer + HELP + 2.5, halo)
    shape(context, outer + 1.5, halo)
    if (ring > 0) {
      shape(context, outer, colour)
      shape(context, size + GAP, halo)
    }
    shape(context, size, colour)
    if (closed > 0) {
      const radius = outer + 1 + HELP / 2
      arc(context, radius, HELP, `${AMBER}40`)
      arc(context, radius, HELP, AMBER, 0, closed)
    }
    if (kind) glyph(context, kind, 12.5, '#ffffff')
    if (help === 'handled' || help === 'verified') tick(context, outer + HELP / 2, halo)
  })
}

/** Handled, and waiting to be verified. */
function tick(context: CanvasRenderingContext2D, radius: number, halo: string): void {
  const at = radius * Math.SQRT1_2
  context.save()
  context.translate(at, -at)
  disc(context, 6, halo)
  disc(context, 5, AMBER)
  context.beginPath()
  context.moveTo(-2.2, 0.2)
  context.lineTo(-0.6, 1.9)
  context.lineTo(2.4, -1.8)
  context.lineWidth = 1.6
  context.strokeStyle = '#1b1405'
  context.stroke()
  context.restore()
}
