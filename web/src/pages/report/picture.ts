/** Photographs are made smaller before they are sent: phones take ten megabytes where a tenth tells as much. */
const LONGEST_PX = 1600
const QUALITY = 0.85

/** A JPEG of at most 1600 pixels as a data URL, upright, without place and camera; fails on what is no picture. */
export async function shrunk(file: Blob): Promise<string> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(picture.width * scale)
  canvas.height = Math.round(picture.height * scale)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  // A transparent picture would turn black.
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  return canvas.toDataURL('image/jpeg', QUALITY)
}

export function toBlob(dataUrl: string): Promise<Blob> {
  return fetch(dataUrl).then((answer) => answer.blob())
}
