/** A problem in the reader's language, as far as the pages have words for it. */
import type { Problem } from '@/api/problem'
import { t } from '@/i18n'

export interface Words {
  happened: string
  next: string | null
}

export function wordsOf(problem: Problem): Words {
  if (problem.isUnreachable) return { happened: t('problem.unreachable'), next: t('problem.unreachable.next') }
  if (problem.status === 401) return { happened: t('problem.signedOut'), next: null }
  if (problem.status === 403) return { happened: t('problem.forbidden'), next: t('problem.forbidden.next') }
  return { happened: problem.detail, next: problem.hint }
}
