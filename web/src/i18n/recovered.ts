/** What it is called that readings are normal again, while a person still has to look. */
import { t } from '@/i18n'
import { clock } from '@/i18n/format'

export function recovered(kind: string | null, at: string): string {
  const time = clock(new Date(at))
  return kind === 'water_meter' ? t('recovered.water', { time }) : t('recovered.other', { time })
}
