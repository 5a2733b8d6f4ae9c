/** Hours and days of visits in the reader's language, as they are in China. */
import { locale } from '@/i18n'

const CHINA = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' })

/** 2026-11-21, as it is in China wherever the browser is. */
export function today(): string {
  return CHINA.format(new Date())
}

export function hour(at: string | null): string {
  if (at === null) return ''
  return new Intl.DateTimeFormat(locale.value, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'Asia/Shanghai' })
    .format(new Date(at)) // prettier-ignore
}

/** 11月22日 周日 · Sun 22 Nov. */
export function dayName(day: string): string {
  return new Intl.DateTimeFormat(locale.value, { month: 'short', day: 'numeric', weekday: 'short', timeZone: 'UTC' })
    .format(new Date(`${day}T00:00Z`)) // prettier-ignore
}

/** 15:00–17:00, or nothing. */
export function between(opens: string | null, closes: string | null): string {
  return opens && closes ? `${opens.slice(0, 5)}–${closes.slice(0, 5)}` : ''
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
}
