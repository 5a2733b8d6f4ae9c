/** Errors of the service at the field they are about. */
import type { Problem } from '@/api/problem'
import { t, word, type Key } from '@/i18n'
import { wordsOf } from '@/i18n/problem'
import { zh } from '@/i18n/zh'

/** What is wrong with a field, in the reader's language where the pages have words for it; null when nothing is. */
export function faultAt(problem: Problem | null, field: string, words?: string): string | null {
  if (!problem || !isAt(problem, field)) return null
  if (problem.status === 409) return word('admin.conflict', conflict(problem))
  if (words !== undefined) return words
  const key = `admin.wrong.${field}`
  return key in zh ? t(key as Key) : [problem.detail, problem.hint].filter(Boolean).join(' ')
}

/** What is wrong with none of these fields: said once, above the buttons. */
export function faultBeside(problem: Problem | null, fields: readonly string[]): string | null {
  if (!problem || fields.some((field) => isAt(problem, field))) return null
  if (problem.status === 409) return word('admin.conflict', conflict(problem))
  const { happened, next } = wordsOf(problem)
  return [happened, next].filter(Boolean).join(' ')
}

function isAt(problem: Problem, field: string): boolean {
  const { where } = problem.more
  return typeof where === 'string' && where.split('.').includes(field)
}

/** The service tells conflicts in English; those that people meet have words here. */
function conflict({ detail }: Problem): string {
  if (detail.includes('own account')) return 'own'
  if (detail.includes('last administrator')) return 'last'
  if (detail.includes('taken')) return 'taken'
  if (detail.includes('There is a')) return 'taken'
  return detail
}
