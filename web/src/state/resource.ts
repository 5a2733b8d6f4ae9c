/** Something fetched: what there is of it, whether more is coming, and what went wrong. */
import { onBeforeUnmount, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { asProblem, wasAborted, type Problem } from '@/api/problem'

export interface Resource<T> {
  data: ShallowRef<T | null>
  isLoading: Ref<boolean>
  problem: ShallowRef<Problem | null>
  /** Fetch anew; an answer that is overtaken by a newer question is dropped. Old data stays until then. */
  load: () => Promise<void>
  /** Fetch anew, but not more often than the pause allows; many calls are one. */
  refresh: () => void
  clear: () => void
}

export function useResource<T>(fetcher: (signal: AbortSignal) => Promise<T>, pauseMs = 1_000): Resource<T> {
  const data = shallowRef<T | null>(null)
  const isLoading = ref(false)
  const problem = shallowRef<Problem | null>(null)
  let request: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let loadedAt = 0

  async function load(): Promise<void> {
    request?.abort()
    const mine = (request = new AbortController())
    isLoading.value = true
    loadedAt = Date.now()
    try {
      const answer = await fetcher(mine.signal)
      if (mine.signal.aborted) return
      data.value = answer
      problem.value = null
    } catch (error) {
      if (mine.signal.aborted || wasAborted(error)) return
      problem.value = asProblem(error)
    }
    isLoading.value = false
  }

  function refresh(): void {
    timer ??= setTimeout(
      () => {
        timer = null
        void load()
      },
      Math.max(0, loadedAt + pauseMs - Date.now()),
    )
  }

  function clear(): void {
    request?.abort()
    data.value = null
    problem.value = null
    isLoading.value = false
  }

  onBeforeUnmount(() => {
    request?.abort()
    if (timer !== null) clearTimeout(timer)
  })

  return { data, isLoading, problem, load, refresh, clear }
}
