/** The live state of an area, kept up to date, and told to whoever follows it. */
import { Board, type Changes } from '@/live/board'
import { listen, type Subject } from '@/live/source'
import type { Health } from '@/live/stream'

type Listener = (changes: Changes, board: Board) => void

export class LiveFeed {
  readonly board = new Board()
  health: Health = { state: 'connecting' }
  private readonly end: () => void

  constructor(
    subject: Subject,
    private readonly listeners: { onChanges: Listener; onHealth: (health: Health) => void; onSignedOut: () => void },
  ) {
    this.end = listen(subject, {
      onSnapshot: (body) => {
        this.listeners.onChanges(this.board.snapshot(body), this.board)
      },
      onDelta: (body) => {
        this.listeners.onChanges(this.board.delta(body), this.board)
      },
      onHealth: (health) => {
        this.health = health
        this.listeners.onHealth(health)
      },
      onSignedOut: () => {
        this.listeners.onSignedOut()
      },
    })
  }

  close(): void {
    this.end()
  }
}
