/** A problem in the reader's language, as far as the pages have words for it. */
import type { Problem } from '@/api/problem'
import { language, t } from '@/i18n'
import refusals from '@/i18n/refusals.json'

export interface Words {
  happened: string
  next: string | null
}

/** What the service says, `{}` for what it fills in, and the same in Chinese. */
const KNOWN = Object.entries(refusals).map(([said, zh]) => ({
  pattern: new RegExp(`^${said.split('{}').map(escaped).join('(.*?)')}$`, 's'),
  zh,
}))

export function wordsOf(problem: Problem): Words {
  if (problem.isUnreachable) return { happened: t('problem.unreachable'), next: t('problem.unreachable.next') }
  if (problem.status === 401) return { happened: t('problem.signedOut'), next: null }
  if (problem.status === 403) return { happened: t('problem.forbidden'), next: t('problem.forbidden.next') }
  return { happened: inWords(problem.detail), next: problem.hint === null ? null : inWords(problem.hint) }
}

function inWords(said: string): string {
  if (language.value === 'en') return said
  for (const { pattern, zh } of KNOWN) {
    const found = pattern.exec(said)
    if (!found) continue
    let n = 0
    return zh.replace(/\{\}/g, () => (found[++n] ?? '').replace(/^'(.*)'$/, '$1'))
  }
  return said
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
