/** Why a reading was not taken, in the reader's language; a reason without words here stays as the service says it. */
import { language, t, type Key } from '@/i18n'

const REASONS: [pattern: RegExp, key: Key][] = [
  [/^there is no device with this id/, 'admin.reason.device'],
  [/^device:/, 'admin.reason.noDevice'],
  [/^observed_at: .*lies in the future/, 'admin.reason.future'],
  [/^observed_at: .*older than/, 'admin.reason.old'],
  [/^observed_at: .*no time zone/, 'admin.reason.zone'],
  [/^observed_at:/, 'admin.reason.time'],
  [/^id:/, 'admin.reason.id'],
  [/^values/, 'admin.reason.values'],
  [/^a reading is an object/, 'admin.reason.object'],
]

export function reason(told: string): string {
  const key = language.value === 'zh' ? REASONS.find(([pattern]) => pattern.test(told))?.[1] : undefined
  return key ? t(key) : told
}
