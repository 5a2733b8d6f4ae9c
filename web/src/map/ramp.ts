/** Minutes on foot as colours: viridis in bands, the nearer the lighter, readable without seeing hue.
Values from the viridis map (CC0) at 0.95, 0.77, 0.5, 0.27, 0.12 and 0. */
import type { ExpressionSpecification } from 'maplibre-gl'

export interface Band {
  /** Up to so many minutes; none for the last one. */
  upTo: number | null
  colour: string
}

export const BANDS: Band[] = [
  { upTo: 5, colour: '#d2e21b' },
  { upTo: 10, colour: '#5ec962' },
  { upTo: 15, colour: '#21918c' },
  { upTo: 20, colour: '#3b528b' },
  { upTo: 30, colour: '#472d7b' },
  { upTo: null, colour: '#440154' },
]

/** Where there is no way at all. */
export const NO_WAY = '#b9b3a8'

/** `step` puts its edge into the upper band; a walk of just five minutes belongs to the lower. */
const EDGE = 1e-6

export function rampColour(): ExpressionSpecification {
  const steps = BANDS.slice(1).flatMap((band, index) => [(BANDS[index]?.upTo ?? 0) + EDGE, band.colour])
  return ['step', ['get', 'minutes'], BANDS[0]?.colour ?? NO_WAY, ...steps] as unknown as ExpressionSpecification
}
