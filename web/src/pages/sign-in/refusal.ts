/** Why somebody was not let in, in words that say what to do. */
import { asProblem } from '@/api/problem'
import type { Key } from '@/i18n'

export interface Refusal {
  happened: Key
  next: Key | null
  /** The service's own words, where the pages have none. */
  detail?: string
}

export const EMPTY: Refusal = { happened: 'signIn.empty', next: null }

export function refusal(error: unknown): Refusal {
  const problem = asProblem(error)
  if (problem.isUnreachable) return { happened: 'problem.unreachable', next: 'signIn.unreachable.next' }
  // The same status twice: for the password, and for the cookie that ought to have come back.
  if (problem.status === 401 && problem.more.where === 'password') return { happened: 'signIn.wrong', next: 'signIn.forgotten' }
  if (problem.status === 401) return { happened: 'signIn.cookie', next: 'signIn.cookie.next' }
  if (problem.status === 429) return { happened: 'signIn.tooMany', next: 'signIn.tooMany.next' }
  return { happened: 'problem.unreachable', next: null, detail: problem.detail }
}
