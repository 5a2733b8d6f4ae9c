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

/** Minutes nearer (below nought) or farther: blue, grey, orange, told apart with any colour sight. */
export const CHANGES: Band[] = [
  { upTo: -5, colour: '#1f5fa8' },
  { upTo: -2, colour: '#5b9bd0' },
  { upTo: -0.5, colour: '#a9cde6' },
  { upTo: 0.5, colour: '#c9c7c1' },
  { upTo: 2, colour: '#f6c48a' },
  { upTo: 5, colour: '#e58a2e' },
  { upTo: null, colour: '#a8520b' },
]

/** A way where there was none, and none where there was one: darker than any change of minutes. */
export const GAINED = '#0b2f63'
export const LOST = '#5e2a00'

/** Where there is no way at all. */
export const NO_WAY = '#b9b3a8'

/** `step` puts its edge into the upper band; a walk of just five minutes belongs to the lower. */
const EDGE = 1e-6

/** The colour of minutes: those of now, or those of `before`. */
export function rampColour(property: 'minutes' | 'before' = 'minutes'): ExpressionSpecification {
  return bands(['get', property], BANDS)
}

/** What has a way on one side only has no difference in minutes; the tiles say which side. */
export const IS_GAINED: ExpressionSpecification = ['==', ['get', 'change'], -999]
export const IS_LOST: ExpressionSpecification = ['==', ['get', 'change'], 999]

/** The colour of the difference between `before` and now. */
export function changeColour(): ExpressionSpecification {
  const steps = bands(['coalesce', ['get', 'change'], 0], CHANGES)
  return ['case', IS_GAINED, GAINED, IS_LOST, LOST, steps]
}

function bands(value: unknown, of: Band[]): ExpressionSpecification {
  const steps = of.slice(1).flatMap((band, index) => [(of[index]?.upTo ?? 0) + EDGE, band.colour])
  return ['step', value, of[0]?.colour ?? NO_WAY, ...steps] as unknown as ExpressionSpecification
}
