/** What is under the pointer: how long the walk is, where to, and for how many; in a scenario, what it was before. */
import type { Place } from '@/map/layers/places'

export interface Tip {
  x: number
  y: number
  minutes: number | null
  /** Minutes before the scenario; null for no way, undefined where nothing is compared. */
  before: number | null | undefined
  facility: string
  /** Nobody lives on a street. */
  residents: number | null
  residents60: number
}

export function tipOf(properties: Record<string, unknown>, { x, y }: { x: number; y: number }, places: Place[]): Tip {
  const number = (name: string) => (typeof properties[name] === 'number' ? properties[name] : null)
  const facility = number('facility_id')
  const isCompared = 'change' in properties || 'before' in properties
  return {
    x,
    y,
    minutes: number('minutes'),
    before: isCompared ? number('before') : undefined,
    facility: places.find((place) => place.id === facility)?.name ?? '',
    residents: number('residents'),
    residents60: number('residents_60') ?? 0,
  }
}
