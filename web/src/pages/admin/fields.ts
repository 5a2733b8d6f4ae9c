/** Which fields a rule of a type has, and what of them was changed. */
import type { Rule } from '@/api/types'

export const EDITABLE = [
  'name', 'name_en', 'comparison', 'threshold', 'threshold_high', 'recovery', 'window_s', 'interval_s', 'for_s',
  'keep_for_s', 'counter_max', 'clearing', 'severity', 'quiet_from', 'quiet_to', 'minds_absence', 'dispatch_after_s',
  'dispatch_to', 'accept_within_s', 'basis',
] as const // prettier-ignore
export type Editable = (typeof EDITABLE)[number]
export type Edited = Pick<Rule, Editable>

/** Whether a field makes sense for a rule as it is being edited. */
export function has(type: Rule['type'], edited: Edited, field: Editable): boolean {
  const compares = type === 'threshold' || type === 'rate'
  switch (field) {
    case 'comparison':
    case 'for_s':
      return compares
    case 'threshold':
      return type !== 'silence'
    case 'threshold_high':
      return compares && edited.comparison === 'outside'
    case 'recovery':
      return compares && edited.comparison !== 'outside' && edited.clearing === 'self_clearing'
    case 'window_s':
      return type !== 'threshold'
    case 'interval_s':
      return type === 'steady_use'
    case 'counter_max':
      return type === 'no_use' || type === 'steady_use' || type === 'rate'
    case 'keep_for_s':
      return edited.clearing === 'self_clearing'
    case 'dispatch_to':
    case 'accept_within_s':
      return edited.dispatch_after_s !== null
    default:
      return true
  }
}

export function editedOf(rule: Rule): Edited {
  return Object.fromEntries(EDITABLE.map((field) => [field, rule[field]])) as unknown as Edited
}

/** Fields that differ. What a type no longer has is taken away, where it may be empty. */
export function changes(rule: Rule, edited: Edited): Partial<Edited> {
  const wanted: Edited = { ...edited }
  for (const field of ['threshold_high', 'recovery'] as const) if (!has(rule.type, edited, field)) wanted[field] = null
  for (const field of ['quiet_from', 'quiet_to', 'basis'] as const) wanted[field] ||= null
  return Object.fromEntries(EDITABLE.filter((field) => !same(wanted[field], rule[field])).map((field) => [field, wanted[field]]))
}

/** The service says 22:00:00 where a field says 22:00. */
function same(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'string' && typeof b === 'string' && b === `${a}:00`)
}
