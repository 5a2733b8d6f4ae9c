/** A metric's name and its value with unit. The unit follows from the metric's ending, so new ones read well too. */
import { locale, t, word } from '@/i18n'

const UNITS: [ending: RegExp, unit: string | null][] = [
  [/_pct$/, '%'],
  [/_permille$/, '‰'],
  [/_mpa$/, ' MPa'],
  [/_deg$/, '°'],
  [/_m3$/, ' m³'],
  [/_mm$/, ' mm'],
  [/_bpm$/, ' bpm'],
  [/_kg$/, ' kg'],
  [/_c$/, ' ℃'],
]

/** Metrics that say yes or no. */
const FLAGS = new Set(['smoke', 'pressed', 'fall', 'blocked', 'stuck', 'trapped'])

/** Whether a metric says yes or no. */
export function isFlag(metric: string): boolean {
  return FLAGS.has(metric)
}

export function reading(metric: string, value: unknown, digits = 2): { name: string; value: string } {
  return { name: word('metric', metric), value: spoken(metric, value, digits) }
}

function spoken(metric: string, value: unknown, digits: number): string {
  if (typeof value === 'boolean' || FLAGS.has(metric)) return value ? t('reading.yes') : t('reading.no')
  if (typeof value !== 'number') return String(value)
  const number = new Intl.NumberFormat(locale.value, { maximumFractionDigits: digits }).format(value)
  if (metric.endsWith('_h')) return t('unit.hoursOf', { n: number })
  if (metric.endsWith('_min')) return t('unit.minutesOf', { n: number })
  return number + (UNITS.find(([ending]) => ending.test(metric))?.[1] ?? '')
}
