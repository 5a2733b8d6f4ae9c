/** What can be reported, and a picture for each. */
import { get } from '@/api/client'
import type { IncidentCategory } from '@/api/types'
import type { IconName } from '@/parts/icons'
import { useResource } from '@/state/resource'

const ICONS: Record<string, IconName> = {
  care: 'heart',
  gas: 'gas',
  fire: 'flame',
  lift: 'lift',
  water: 'tap',
  road: 'road',
  building: 'house',
  waste: 'bin',
  parking: 'car',
  appearance: 'city',
  property: 'lamp',
  security: 'shield',
}

export function iconOf(code: string): IconName {
  return ICONS[code] ?? 'more'
}

export function useReportable() {
  return useResource<IncidentCategory[]>(async (signal) => (await get('/api/v1/incident-categories', { signal })).items)
}
