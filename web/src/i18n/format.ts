/** Numbers, distances and times in the reader's language. */
import { locale, t } from '@/i18n'

export function count(value: number): string {
  return new Intl.NumberFormat(locale.value).format(value)
}

/** Minutes as people say them: at least one, no decimals beyond ten. */
export function minutes(seconds: number): string {
  const value = seconds / 60
  return value < 1 ? '1' : value < 10 ? String(Math.round(value * 2) / 2) : String(Math.round(value))
}

export function metres(length: number): string {
  if (length < 1000) return t('unit.metres', { n: Math.max(10, Math.round(length / 10) * 10) })
  return t('unit.kilometres', { n: (length / 1000).toFixed(1) })
}

/** 14:02 today, otherwise with the day. */
export function clock(at: Date, now: Date = new Date()): string {
  const isToday = at.toDateString() === now.toDateString()
  return new Intl.DateTimeFormat(locale.value, {
    ...(isToday ? {} : { month: 'numeric', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at)
}

export function exactTime(at: Date): string {
  return new Intl.DateTimeFormat(locale.value, { dateStyle: 'long', timeStyle: 'medium', hourCycle: 'h23' }).format(at)
}

/** 3 分钟前 · 3 minutes ago. */
export function ago(at: Date, now: number): string {
  const seconds = Math.max(0, (now - at.getTime()) / 1000)
  if (seconds < 45) return t('time.now')
  const relative = new Intl.RelativeTimeFormat(locale.value, { numeric: 'always' })
  if (seconds < 3600) return relative.format(-Math.max(1, Math.round(seconds / 60)), 'minute')
  if (seconds < 86_400) return relative.format(-Math.round(seconds / 3600), 'hour')
  return relative.format(-Math.round(seconds / 86_400), 'day')
}

/** How long something has waited, short: 4 分 · 1 时 12 分 · 3 天. */
export function waited(from: Date, now: number): string {
  const whole = Math.max(0, Math.floor((now - from.getTime()) / 60_000))
  if (whole === 0) return t('time.now')
  if (whole < 60) return t('time.minutes', { n: whole })
  if (whole < 24 * 60) return t('time.hours', { h: Math.floor(whole / 60), m: whole % 60 })
  return t('time.days', { n: Math.floor(whole / 1440) })
}

/** OpenStreetMap's notation with the days in words; what it does not know stays as given. */
export function openingHours(notation: string): string {
  if (notation === '24/7') return t('hours.always')
  return notation
    .replace(/\b(Mo|Tu|We|Th|Fr|Sa|Su|PH)\b/g, (day) => t(`hours.${day as 'Mo'}`))
    .replace(/(\d)-(\d)/g, '$1–$2')
    .replace(/([^\d\s])-([^\d\s])/g, `$1${t('hours.to')}$2`)
    .replace(/;\s*/g, t('hours.and'))
    .replace(/,/g, t('hours.comma'))
}

/** 11月22日 周日 21:00 · Sun 22 Nov, 21:00. */
export function dayTime(at: Date): string {
  return new Intl.DateTimeFormat(locale.value, {
    month: 'short',
    day: 'numeric',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at)
}
