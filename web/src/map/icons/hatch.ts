/** Diagonal lines for "not reached": seen without seeing colour. Tiles seamlessly. */
import type { Look } from '@/map/stage'

const SIZE = 8

export function hatch(parts: string[], look: Look, pixelRatio: number): ImageData {
  const pixels = SIZE * pixelRatio
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = pixels
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no 2D canvas')
  const isStrong = parts[0] === 'none'
  context.strokeStyle = look === 'day' ? (isStrong ? '#3a3f46' : '#ffffffd0') : isStrong ? '#c3cad3' : '#0c1015d0'
  context.lineWidth = pixels * (isStrong ? 0.16 : 0.2)
  for (const shift of [-1, 0, 1]) {
    context.beginPath()
    context.moveTo(shift * pixels - pixels * 0.25, pixels * 1.25)
    context.lineTo(shift * pixels + pixels * 1.25, -pixels * 0.25)
    context.stroke()
  }
  return context.getImageData(0, 0, pixels, pixels)
}
