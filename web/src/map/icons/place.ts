/** Markers of things that are not devices: square and in ink, so that nobody takes them for one. */
import { disc, draw, glyph } from '@/map/icons/canvas'
import type { Look } from '@/map/stage'

/** A service, with the character of its category. In a scenario one elsewhere or new is ringed, one gone is crossed out. */
export function placeMarker(parts: string[], look: Look, pixelRatio: number): ImageData {
  const [kind = '·', state = 'today'] = parts
  const isDay = look === 'day'
  const paper = isDay ? '#ffffff' : '#080a0d'
  return draw(36, pixelRatio, (context) => {
    if (state === 'gone') {
      context.globalAlpha = 0.75
      plate(context, 22, paper)
      glyph(context, kind, 12, isDay ? '#6b6f76' : '#9aa3ad')
      context.strokeStyle = isDay ? '#2c3138' : '#d5dae1'
      context.lineWidth = 2
      context.stroke(new Path2D('M-11 11L11-11'))
      return
    }
    const isAccented = state !== 'today'
    if (state === 'moved' || state === 'added') plate(context, 32, isDay ? '#0b5a53' : '#6fe0cf')
    plate(context, state === 'today' || state === 'chosen' ? 24 : 28, paper)
    plate(context, state === 'added' ? 24 : 21, isAccented ? '#0b5a53' : isDay ? '#2c3138' : '#d5dae1')
    glyph(context, kind, 13, isAccented || isDay ? '#ffffff' : '#12161b')
  })
}

/** A place where one more would help, by its rank. */
export function candidateMarker(parts: string[], look: Look, pixelRatio: number): ImageData {
  const isDay = look === 'day'
  const ink = isDay ? '#0b5a53' : '#6fe0cf'
  return draw(34, pixelRatio, (context) => {
    plate(context, 30, isDay ? '#ffffff' : '#080a0d')
    context.strokeStyle = ink
    context.lineWidth = 3
    context.setLineDash([4, 2.5])
    context.stroke()
    glyph(context, parts[0] ?? '', 15, ink)
  })
}

/** A person on duty, quiet until it is the one who would go: amber is for help on its way. */
export function workerMarker(parts: string[], look: Look, pixelRatio: number): ImageData {
  const isBest = parts[0] === 'best'
  const isDay = look === 'day'
  const ink = isBest ? '#1b1405' : isDay ? '#6d6252' : '#a89c86'
  return draw(28, pixelRatio, (context) => {
    if (parts[0] === 'post') context.globalAlpha = 0.75
    plate(context, isBest ? 27 : 21, isDay ? '#ffffff' : '#080a0d')
    plate(context, isBest ? 24 : 19, isBest ? '#fbb324' : isDay ? '#f4efe6' : '#1c1a16')
    if (isBest) context.scale(1.25, 1.25)
    context.fillStyle = ink
    context.beginPath()
    context.arc(0, -2.9, 2.6, 0, Math.PI * 2)
    context.fill()
    context.beginPath()
    context.roundRect(-4.7, 0.7, 9.4, 5.2, [4, 4, 1, 1])
    context.fill()
  })
}

/** Where the reader is. */
export function meMarker(_: string[], look: Look, pixelRatio: number): ImageData {
  return draw(40, pixelRatio, (context) => {
    disc(context, 18, look === 'day' ? '#0b5a5330' : '#6fe0cf40')
    disc(context, 9, '#ffffff')
    disc(context, 6.5, look === 'day' ? '#0b5a53' : '#12867a')
  })
}

function plate(context: CanvasRenderingContext2D, size: number, fill: string): void {
  context.beginPath()
  context.roundRect(-size / 2, -size / 2, size, size, size / 4)
  context.fillStyle = fill
  context.fill()
}
