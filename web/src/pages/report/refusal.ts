/** Why something was not taken, in words that say what to do. */
import { asProblem } from '@/api/problem'
import { t } from '@/i18n'

export interface Refusal {
  happened: string
  next: string | null
  isElsewhere: boolean
}

export function refusal(error: unknown): Refusal {
  const problem = asProblem(error)
  const isElsewhere = problem.status === 400 && String(problem.more.where).startsWith('lon')
  const told = (happened: string, next: string | null = null): Refusal => ({ happened, next, isElsewhere })
  if (problem.isUnreachable) return told(t('report.offline'), t('report.offline.next'))
  if (problem.status === 429) return told(t('report.tooMany'), t('report.tooMany.next'))
  if (problem.status === 404) return told(t('report.unknown'), t('report.unknown.next'))
  if (problem.status === 409) return told(t('report.notYet'))
  if (isElsewhere) return told(t('report.outside'), t('report.outside.next'))
  return told(problem.detail, problem.hint)
}
