/** What was done in the phone, in a word. */
import { t } from '@/i18n'
import type { Pending } from '@/pages/work/outbox'

export function whatWasDone(item: Pending): string {
  if (item.step === 'photo') return t('done.photo')
  if (item.step === 'hand-over') return t('done.handOver', { name: item.toName })
  if (item.step === 'duty') return item.isOn ? t('done.onDuty') : t('done.offDuty')
  if (item.step === 'visit') return t(`done.visit.${item.to}`)
  return t(`done.${item.step}`)
}
