/** A canvas in CSS pixels, with its origin in the middle. */
export function draw(size: number, pixelRatio: number, paint: (context: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement('canvas')
  const pixels = Math.round(size * pixelRatio)
  canvas.width = canvas.height = pixels
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no 2D canvas')
  context.scale(pixelRatio, pixelRatio)
  context.translate(size / 2, size / 2)
  paint(context)
  return context.getImageData(0, 0, pixels, pixels)
}

const TURN = Math.PI * 2
/** Shares and arcs begin at twelve o'clock and run with the clock. */
const TOP = -Math.PI / 2

export function disc(context: CanvasRenderingContext2D, radius: number, fill: string): void {
  context.beginPath()
  context.arc(0, 0, radius, 0, TURN)
  context.fillStyle = fill
  context.fill()
}

export function arc(
  context: CanvasRenderingContext2D,
  radius: number,
  width: number,
  stroke: string,
  from = 0,
  to = 1,
): void {
  context.beginPath()
  context.arc(0, 0, radius, TOP + from * TURN, TOP + to * TURN)
  context.lineWidth = width
  context.strokeStyle = stroke
  context.stroke()
}

export function glyph(context: CanvasRenderingContext2D, text: string, size: number, fill: string): void {
  context.font = `700 ${size}px "Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif`
  context.textAlign = 'center'
  context.textBaseline = 'alphabetic'
  context.fillStyle = fill
  // A character's box has room for descenders that Chinese characters lack: centre what is drawn.
  const measured = context.measureText(text)
  const middle = (measured.actualBoundingBoxAscent - measured.actualBoundingBoxDescent) / 2
  context.fillText(text, 0, middle)
}
