/** Ask until there is an answer: for what a page cannot do without, while the service is away for a moment. */
import { asProblem } from '@/api/problem'

const PAUSE_MS = 3_000

export async function persistently<T>(ask: () => Promise<T>, isGone: () => boolean = () => false): Promise<T | null> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      // Only an unreachable service comes back; what it refuses it will refuse again.
      if (isGone() || !asProblem(error).isUnreachable) return null
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}
