/** A photograph made small enough for a weak signal. */
const LONGEST_SIDE_PX = 1600
const QUALITY = 0.82

/** The picture as an upright JPEG of at most 1600 px; throws where the browser cannot read it. */
export async function smaller(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (made) => {
        if (made) resolve(made)
        else reject(new Error('The picture could not be made smaller.'))
      },
      'image/jpeg',
      QUALITY,
    )
  })
}
