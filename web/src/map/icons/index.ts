/** Icons are drawn when the map first asks for them; their names say what they show. */
import { clusterRing } from '@/map/icons/ring'
import { deviceMarker, reportMarker } from '@/map/icons/device'
import { hatch } from '@/map/icons/hatch'
import { candidateMarker, meMarker, placeMarker, workerMarker } from '@/map/icons/place'
import type { Look } from '@/map/stage'

export interface Icon {
  image: ImageData
  pixelRatio: number
}

/** The icon of a name like ``red/4/accepted/烟``, or null for a name that is none of ours. */
export function drawIcon(name: string, look: Look, pixelRatio: number): Icon | null {
  const [family, ...parts] = name.split('/')
  const draw = family === undefined ? undefined : FAMILIES[family]
  return draw ? { image: draw(parts, look, pixelRatio), pixelRatio } : null
}

type Draw = (parts: string[], look: Look, pixelRatio: number) => ImageData

const FAMILIES: Record<string, Draw> = {
  red: deviceMarker,
  report: reportMarker,
  // No severity and no help: a blue one.
  blue: (parts, look, pixelRatio) => deviceMarker(['0', 'none', ...parts], look, pixelRatio),
  ring: clusterRing,
  worker: workerMarker,
  place: placeMarker,
  candidate: candidateMarker,
  me: meMarker,
  hatch,
}
