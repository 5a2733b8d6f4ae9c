/** A rule as one says it: what makes a device red, how grave that is, and who makes it blue again. */
import type { Rule, RuleOverride } from '@/api/types'
import { t, word } from '@/i18n'
import { count } from '@/i18n/format'
import { isFlag, reading } from '@/i18n/reading'
import { zh } from '@/i18n/zh'

/** 48 小时, 15 分钟, 30 天: the largest unit that gives a whole number; days only from three on. */
export function lasting(seconds: number): string {
  if (seconds >= 3 * 86_400 && seconds % 86_400 === 0) return t('admin.unit.days', { n: count(seconds / 86_400) })
  if (seconds >= 3600 && seconds % 3600 === 0) return t('unit.hoursOf', { n: count(seconds / 3600) })
  if (seconds >= 60 && seconds % 60 === 0) return t('unit.minutesOf', { n: count(seconds / 60) })
  return t('admin.unit.seconds', { n: count(seconds) })
}

export function sentence(rule: Rule): string {
  const lasts = rule.for_s > 0 ? t('admin.rule.for', { time: lasting(rule.for_s) }) : ''
  return t('admin.rule.then', {
    when: condition(rule) + lasts,
    severity: rule.severity,
    clearing: t(`admin.clearing.${rule.clearing}`),
  })
}

function condition(rule: Rule): string {
  const name = rule.metric ?? ''
  const metric = word('metric', name)
  const used = `admin.used.${name}` in zh ? word('admin.used', name) : metric
  const low = value(rule, rule.threshold)
  const high = value(rule, rule.threshold_high)
  const window = lasting(rule.window_s ?? 0)
  switch (rule.type) {
    case 'silence':
      return t('admin.rule.silence', { window })
    case 'no_use':
      return t('admin.rule.noUse', { used, low, window })
    case 'steady_use':
      return t('admin.rule.steadyUse', { used, low, window, interval: lasting(rule.interval_s ?? 0) })
    case 'rate':
      return t(`admin.rule.rate.${WORDS[rule.comparison ?? '>=']}`, { metric: used, low, high, window })
    case 'threshold':
      if (isFlag(name) && rule.comparison === '>=') return t('admin.rule.flag', { metric })
      return t(`admin.rule.is.${WORDS[rule.comparison ?? '>=']}`, { metric, low, high })
  }
}

/** A leak is a thousandth of a cubic metre. */
const MOST_DIGITS = 5
const WORDS = { '>=': 'above', '<=': 'below', outside: 'outside' } as const

function value(rule: Rule, number: number | null): string {
  return number === null || rule.metric === null ? '' : reading(rule.metric, number, MOST_DIGITS).value
}

/** Who changed something last: a person, or what the product brings. */
export function editedBy(name: string): string {
  return name === 'catalogue' ? t('admin.rule.shipped') : t('admin.rule.editedBy', { name })
}

/** What else holds, in a few words each. */
export function asides(rule: Rule): string[] {
  const all = [
    rule.keep_for_s > 0 && rule.clearing === 'self_clearing' && t('admin.aside.keep', { time: lasting(rule.keep_for_s) }),
    rule.quiet_from && rule.quiet_to && t('admin.aside.quiet', { from: rule.quiet_from.slice(0, 5), to: rule.quiet_to.slice(0, 5) }),
    rule.minds_absence && t('admin.aside.absence'),
    rule.dispatch_after_s !== null &&
      (rule.dispatch_after_s === 0
        ? t('admin.aside.atOnce', { to: t(`admin.to.${rule.dispatch_to}`) })
        : t('admin.aside.dispatch', { time: lasting(rule.dispatch_after_s), to: t(`admin.to.${rule.dispatch_to}`) })),
  ]
  return all.filter((one) => typeof one === 'string' && one !== '') as string[]
}

/** For whom an override is, and what differs. */
export function exception(rule: Rule, override: RuleOverride): { who: string; what: string } {
  const tag = override.tag ?? ''
  const who = override.tag === null ? (override.device ?? '') : t('admin.override.lives', { tag: word('tag', tag) })
  const what = [
    override.enabled === null ? null : t(override.enabled ? 'admin.override.on' : 'admin.override.off'),
    override.threshold === null ? null : `${t('admin.field.threshold')} ${value(rule, override.threshold)}`,
    override.threshold_high === null ? null : `${t('admin.field.threshold_high')} ${value(rule, override.threshold_high)}`,
    override.window_s === null ? null : `${t('admin.field.window_s')} ${lasting(override.window_s)}`,
    override.for_s === null ? null : `${t('admin.field.for_s')} ${lasting(override.for_s)}`,
    override.severity === null ? null : `${t('admin.field.severity')} ${override.severity}`,
  ]
  return { who, what: what.filter(Boolean).join(t('admin.comma')) || t('admin.override.same') }
}
