/** Today's visits of whoever holds the phone: as the service has them, and as they were left here without signal. */
import { computed, watch, type Ref } from 'vue'
import { get } from '@/api/client'
import type { Tour, Visit } from '@/api/types'
import { today } from '@/pages/visits/words'
import type { Outbox, VisitStep } from '@/pages/work/outbox'
import { keep, kept } from '@/state/kept'
import { useResource } from '@/state/resource'
import { mayActFor } from '@/state/session'

const STATE_AFTER: Record<VisitStep, Visit['state']> = { done: 'done', missed: 'missed', skip: 'skipped' }

interface Remembered {
  worker: number
  day: string
  found: Tour[]
}

export function useDay(workerId: Ref<number | null>, outbox: Outbox) {
  const tours = useResource<Tour[]>(async (signal) => {
    const query = { worker: workerId.value, state: 'accepted' as const, first_day: today() }
    return (await get('/api/v1/tours', { query, signal })).items
  }, 400)

  /** In the order of the tour, what is over last. */
  const visits = computed<Visit[]>(() =>
    (tours.data.value ?? [])
      .flatMap((tour) => tour.visits)
      .filter((visit) => visit.state !== 'unplanned')
      .map((visit) => {
        const said = outbox.visitStepOf(visit.id)
        return said ? { ...visit, state: STATE_AFTER[said] } : visit
      }),
  )

  function look(): void {
    // Of those who may not see a colleague's visits nothing is asked.
    if (workerId.value !== null && mayActFor(workerId.value)) void tours.load()
  }

  watch(workerId, (worker) => {
    tours.clear()
    const stored = kept('tours') as Remembered | null
    // Yesterday's visits are not today's.
    if (worker !== null && stored?.worker === worker && stored.day === today()) tours.data.value = stored.found
    look()
  }, { immediate: true }) // prettier-ignore
  watch(tours.data, (found) => {
    if (found && workerId.value !== null) {
      keep('tours', { worker: workerId.value, day: today(), found } satisfies Remembered)
    }
  })

  return {
    visits,
    todo: computed(() => visits.value.filter((visit) => visit.state === 'planned')),
    isAway: computed(() => (tours.data.value ?? []).some((tour) => tour.reason === 'called_away' && tour.away_order_id !== null)),
    refresh: () => {
      if (workerId.value !== null && mayActFor(workerId.value)) tours.refresh()
    },
  }
}
