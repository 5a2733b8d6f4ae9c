/** Who is signed in and what they may do: asked for once, remembered for when there is no signal. */
import { computed, shallowRef } from 'vue'
import { get, post, remove, whenSignedOut } from '@/api/client'
import { asProblem, type Problem } from '@/api/problem'
import type { Right, Session } from '@/api/types'
import { isPublic, page } from '@/router'
import { forgetBlobs } from '@/state/blobs'
import { forget, keep, kept, outboxOf } from '@/state/kept'
import { persistently } from '@/state/persistently'

export const session = shallowRef<Session | null>(remembered())
/** Why it is not known who is signed in, while it is not. */
export const sessionProblem = shallowRef<Problem | null>(null)
let isAsked = false
let isLeaving = false

/** At the machine itself nobody signs in: there is no account to show and nothing to sign out of. */
export const account = computed(() => session.value?.account ?? null)

/** Ask who is signed in, the first time it is needed; without signal ask on, and meanwhile go by what was known. */
export async function loadSession(): Promise<void> {
  if (isAsked) return
  isAsked = true
  const found = await persistently(async () => {
    try {
      return await get('/api/v1/session', {})
    } catch (error) {
      const problem = asProblem(error)
      // That nobody is signed in is no trouble, but the way to the sign-in page.
      sessionProblem.value = problem.status === 401 ? null : problem
      throw error
    }
  })
  if (found) take(found)
  else isAsked = false
}

/** Sign in. That the browser keeps the cookie is tried at once: without it the next page would ask again. */
export async function signIn(name: string, password: string): Promise<void> {
  await post('/api/v1/session', { body: { name, password } })
  take(await get('/api/v1/session', {}))
}

/** Sign out, and leave nothing of this person in the browser: neither orders nor steps that were not sent. */
export async function signOut(): Promise<void> {
  await remove('/api/v1/session', {})
  isLeaving = true
  forget('session', 'worker', 'orders', 'tours', 'seen', outboxOf(account.value))
  await forgetBlobs(outboxOf(account.value) + '/')
  location.replace('/sign-in')
}

/** How many steps made with this account have not been sent: signing out would lose them. */
export function unsentSteps(): number {
  const waiting = kept(outboxOf(account.value))
  return Array.isArray(waiting) ? waiting.length : 0
}

export function may(right: Right): boolean {
  return session.value?.rights.includes(right) ?? false
}

/** Whether one may do what is a worker's to do: as that worker, or as who sends them. */
export function mayActFor(workerId: number | null): boolean {
  return may('dispatch') || (workerId !== null && session.value?.worker_id === workerId)
}

// The session is over, wherever that was noticed. Unsent steps stay, for when the same person is back.
whenSignedOut(() => {
  if (isLeaving || isPublic(page.value)) return
  isLeaving = true
  forget('session', 'worker', 'orders', 'seen')
  const here = location.pathname + location.search + location.hash
  location.replace(`/sign-in?next=${encodeURIComponent(here)}`)
})

// Another tab signed out, or in as somebody else: what stands here is no longer of whoever is signed in.
addEventListener('storage', ({ key }) => {
  if (key === 'yike.session' && !isLeaving && !isPublic(page.value)) location.reload()
})

// Taken out of the browser's history after it had been left for the sign-in page.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted && isLeaving) location.reload()
})

function take(found: Session): void {
  session.value = found
  sessionProblem.value = null
  keep('session', found)
}

function remembered(): Session | null {
  const found = kept('session') as Session | null
  return Array.isArray(found?.rights) ? found : null
}
