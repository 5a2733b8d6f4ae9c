/** The live feed of a page: opened for its area, closed with it, opened anew when the area changes. */
import { onBeforeUnmount, onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import { signedOut } from '@/api/client'
import type { Board, Changes } from '@/live/board'
import { LiveFeed } from '@/live/feed'
import type { Health } from '@/live/stream'
import { account } from '@/state/session'
import { expose } from '@/state/testing'

type Listener = (changes: Changes, board: Board) => void

export interface Live {
  health: Readonly<Ref<Health>>
  /** Be told of every change, the first time of the whole state as a snapshot. */
  follow(listener: Listener): void
}

export function useLive(area: Ref<string | null>): Live {
  const listeners = new Set<Listener>()
  const health = shallowRef<Health>({ state: 'connecting' })
  let feed = start(area.value)

  function start(of: string | null): LiveFeed {
    const made = new LiveFeed({ area: of, account: account.value }, {
      onChanges: (changes, board) => {
        for (const tell of listeners) tell(changes, board)
      },
      onHealth: (next) => (health.value = next),
      onSignedOut: signedOut,
    })
    expose('live', made)
    return made
  }

  watch(area, (next) => {
    feed.close()
    feed = start(next)
  })
  onBeforeUnmount(() => {
    feed.close()
  })

  return {
    health,
    follow: (listener) => {
      listeners.add(listener)
      onScopeDispose(() => listeners.delete(listener), true)
    },
  }
}
