/** Where something is, in the words people use: compound and building, entrance, floor, room. */
import { language, t } from '@/i18n'

interface Place {
  compound?: string | null
  building: string | null
  address?: string | null
  entrance?: string | null
  floor?: number | null
  room?: string | null
  /** The device's own name, which ends in where it is: 视频监控 船渚里与青荫里路口. */
  device?: string | null
}

/** The house or spot: what one looks for in the street. */
export function house(place: Place): string {
  const named = [place.compound, place.building].filter(Boolean).join('')
  return named || place.address || spotOf(place.device) || t('place.here')
}

/** The way inside: entrance, floor and room, as far as they are known. */
export function inside(place: Place): string {
  const parts: string[] = []
  // A house with one stair numbers it 1 and nobody says so; towers and slabs do.
  if (place.entrance && place.building) parts.push(t('place.entrance', { n: place.entrance }))
  if (place.floor !== null && place.floor !== undefined && (place.building ?? place.address)) {
    parts.push(place.floor < 0 ? t('place.basement', { n: -place.floor }) : t('place.floor', { n: place.floor }))
  }
  if (place.room) parts.push(t('place.room', { n: place.room }))
  return parts.join(language.value === 'zh' ? ' ' : ', ')
}

function spotOf(device: string | null | undefined): string {
  return device?.split(' ').slice(1).join(' ') ?? ''
}
