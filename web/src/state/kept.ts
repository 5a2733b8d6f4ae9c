/** What this browser keeps of whoever is signed in, so that a phone without signal still knows its orders. */

/** Small things of one person. Their unsent steps are put away apart, see `outboxOf`. */
type Name = 'session' | 'worker' | 'orders' | 'tours' | 'seen' | 'report.draft' | 'report.mine' | OutboxName
export type OutboxName = 'outbox' | `outbox.${string}`

/** Steps wait under the account that made them: whoever signs in next neither sees nor sends them. */
export function outboxOf(account: string | null): OutboxName {
  return account === null ? 'outbox' : `outbox.${account}`
}

export function kept(name: Name): unknown {
  try {
    return JSON.parse(localStorage.getItem(`yike.${name}`) ?? 'null')
  } catch {
    return null
  }
}

export function keep(name: Name, value: unknown): void {
  localStorage.setItem(`yike.${name}`, JSON.stringify(value))
}

export function forget(...names: Name[]): void {
  for (const name of names) localStorage.removeItem(`yike.${name}`)
}
