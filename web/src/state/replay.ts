/** The map as it was: takes the place of the live state for whoever draws it, and plays an hour of it at speed. */
import { computed, onBeforeUnmount, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { get } from '@/api/client'
import { asProblem, type Problem } from '@/api/problem'
import { Board, type Changes } from '@/live/board'
import type { LiveBody } from '@/live/rows'
import type { Live } from '@/state/live'
import { holdNow } from '@/state/now'

type Listener = (changes: Changes, board: Board) => void
type Delta = LiveBody & { at: string }

export const SPEEDS = [1, 10, 60, 300] as const
const SPAN_MS = 3_600_000
const TICK_MS = 100

export function useReplay(area: Ref<string | null>, live: Live) {
  const listeners = new Set<Listener>()
  /** What is shown while the past is. */
  const past = new Board()
  let present: Board | null = null
  let body: LiveBody = { seq: 0, devices: [], incidents: [], workers: [], tiles: {} }
  let deltas: Delta[] = []
  let taken = 0
  let request: AbortController | null = null

  const isOn = ref(false)
  const isLoading = ref(false)
  const isPlaying = ref(false)
  const speed = ref<number>(60)
  const from = ref(0)
  const at = ref(0)
  const until = ref(0)
  const problem = shallowRef<Problem | null>(null)
  /** Counts what was shown, for those who read `past` itself. */
  const turn = ref(0)

  live.follow((changes, board) => {
    present = board
    if (!isOn.value) tell(changes, board)
  })

  function tell(changes: Changes, board: Board): void {
    for (const listener of listeners) listener(changes, board)
    turn.value += 1
  }

  /** Show the hour that begins at a moment; of times to come the hour that ends now. */
  async function enter(moment: number = Date.now() - SPAN_MS): Promise<void> {
    request?.abort()
    const mine = (request = new AbortController())
    isPlaying.value = false
    isLoading.value = true
    const begin = Math.min(moment, Date.now() - 60_000)
    const end = Math.min(begin + SPAN_MS, Date.now())
    try {
      const query = { at: new Date(begin).toISOString(), until: new Date(end).toISOString(), area: area.value }
      const found = await get('/api/v1/replay', { query, signal: mine.signal })
      if (!isOn.value && present) past.snapshot(bodyOf(present))
      isOn.value = true
      body = { ...(found as unknown as LiveBody), tiles: {} }
      deltas = found.deltas as unknown as Delta[]
      from.value = begin
      until.value = end
      problem.value = null
      restart()
      seek(begin)
    } catch (error) {
      if (mine.signal.aborted) return
      // What was shown stays, of now or of an earlier hour.
      problem.value = asProblem(error)
    }
    isLoading.value = false
  }

  function restart(): void {
    taken = 0
    // Not a snapshot to those who draw: nobody is to ask for the present because of it.
    tell({ ...past.snapshot(body), isSnapshot: false }, past)
  }

  /** Go to a moment of the hour: forward by what changed, back from its beginning. */
  function seek(moment: number): void {
    if (moment < at.value) restart()
    at.value = Math.min(Math.max(moment, from.value), until.value)
    holdNow(at.value)
    const [devices, incidents, workers]: [LiveBody['devices'], LiveBody['incidents'], LiveBody['workers']] = [[], [], []]
    for (let delta = deltas[taken]; delta && Date.parse(delta.at) <= at.value; delta = deltas[++taken]) {
      devices.push(...delta.devices)
      incidents.push(...delta.incidents)
      workers.push(...delta.workers)
    }
    if (devices.length + incidents.length + workers.length > 0) tell(past.delta({ seq: 0, devices, incidents, workers, tiles: {} }), past)
  }

  /** Begin or stop to play; from the beginning when all has been shown. */
  function play(): void {
    if (!isPlaying.value && at.value >= until.value) seek(from.value)
    isPlaying.value = !isPlaying.value
  }

  const timer = setInterval(() => {
    if (!isOn.value || !isPlaying.value) return
    seek(at.value + TICK_MS * speed.value)
    if (at.value >= until.value) isPlaying.value = false
  }, TICK_MS)

  function leave(): void {
    request?.abort()
    isOn.value = isPlaying.value = isLoading.value = false
    problem.value = null
    holdNow(null)
    if (present) tell({ ...past.snapshot(bodyOf(present)), isSnapshot: true }, present)
  }

  watch(area, () => {
    if (isOn.value) void enter(from.value)
  })
  onBeforeUnmount(() => {
    clearInterval(timer)
    request?.abort()
    holdNow(null)
  })

  const shown: Live = {
    health: live.health,
    follow: (listener) => {
      listeners.add(listener)
      onScopeDispose(() => listeners.delete(listener), true)
    },
  }
  const devices = computed(() => (turn.value >= 0 ? [...past.devices.values()] : []))
  const incidents = computed(() => (turn.value >= 0 ? [...past.incidents.values()] : []))
  return { shown, isOn, isLoading, isPlaying, speed, from, at, until, problem, devices, incidents, enter, seek, play, leave,
    setSpeed: (next: number) => (speed.value = next) } // prettier-ignore
}

export type Replay = ReturnType<typeof useReplay>

/** A board in the shape of the stream. */
function bodyOf({ devices, incidents, workers }: Board): LiveBody {
  return {
    seq: 0,
    devices: [...devices.values()].map((d) => [d.id, d.status, d.since, d.lon, d.lat, d.kind, d.severity, d.orderState]),
    incidents: [...incidents.values()].map((i) => [i.id, 'open', i.kind, i.lon, i.lat, i.severity, i.orderState]),
    workers: [...workers.values()].map((w) => [w.id, w.lon, w.lat, w.at]),
    tiles: {},
  }
}
