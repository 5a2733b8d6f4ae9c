/** What a supervisor plans: an area, some days, some workers; what is due; and the tours for it. */
import { computed, ref, shallowRef, watch } from 'vue'
import { address, get, post } from '@/api/client'
import { asProblem, type Problem } from '@/api/problem'
import type { DueVisit, Tour, TourPlan, WorkerFeature } from '@/api/types'
import { hour, today } from '@/pages/visits/words'
import { parameter } from '@/router'
import { useResource } from '@/state/resource'

export const MOST_VISITS = 1000
const LISTED = 400

/** From this hour on the day that is proposed is the next one. */
const LATE = 15

function plusDays(day: string, n: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) + n * 86_400_000).toISOString().slice(0, 10)
}

function nextDay(): string {
  return Number(hour(new Date().toISOString()).slice(0, 2)) < LATE ? today() : plusDays(today(), 1)
}

export function usePlanning() {
  const area = parameter('area')
  const askedDay = parameter('day')
  const askedSpan = parameter('span')
  const planId = parameter('plan')

  const day = computed({
    get: () => (askedDay.value && /^\d{4}-\d\d-\d\d$/.test(askedDay.value) && askedDay.value >= today() ? askedDay.value : nextDay()),
    set: (value) => (askedDay.value = value),
  })
  const span = computed<'day' | 'week'>({
    get: () => (askedSpan.value === 'week' ? 'week' : 'day'),
    set: (value) => (askedSpan.value = value),
  })
  const days = computed(() => (span.value === 'day' ? 1 : 7 - ((new Date(`${day.value}T00:00Z`).getUTCDay() + 6) % 7)))
  const lastDay = computed(() => plusDays(day.value, days.value - 1))
  const starts = ref('08:30')
  const ends = ref('17:30')
  const hasRest = ref(true)

  const due = useResource<{ items: DueVisit[]; total: number; planned: number }>((signal) =>
    get('/api/v1/due-visits', { query: { area: area.value, until: lastDay.value, limit: LISTED }, signal }),
  )
  const workers = useResource<WorkerFeature[]>(async (signal) =>
    (await get('/api/v1/workers', { query: { area: area.value, limit: 300 }, signal })).features,
  )
  const chosen = ref<Set<number>>(new Set())
  watch(workers.data, (found) => {
    chosen.value = new Set((found ?? []).filter((worker) => worker.properties.on_duty).map((worker) => worker.id))
  })

  const plan = useResource<TourPlan | null>(async (signal) =>
    planId.value === null ? null : get('/api/v1/tour-plans/{plan_id}', { path: { plan_id: Number(planId.value) }, signal }),
  )
  const standing = useResource<Tour[]>(async (signal) => {
    const query = { area: area.value, first_day: day.value, last_day: lastDay.value, state: 'accepted' as const }
    return (await get('/api/v1/tours', { query, signal })).items
  })
  const proposed = computed(() => plan.data.value?.tours.filter((tour) => tour.state === 'proposed') ?? [])
  /** A proposal is looked at by itself. */
  const isProposal = computed(() => planId.value !== null && plan.data.value !== null)
  const tours = computed(() => (isProposal.value ? proposed.value : (standing.data.value ?? [])))
  const tourId = ref<number | null>(null)
  watch(tours, (shown) => {
    if (!shown.some((tour) => tour.id === tourId.value)) tourId.value = shown[0]?.id ?? null
  })

  const isBusy = ref(false)
  const problem = shallowRef<Problem | null>(null)

  async function act(doing: () => Promise<unknown>): Promise<void> {
    isBusy.value = true
    problem.value = null
    try {
      await doing()
    } catch (error) {
      problem.value = asProblem(error)
    }
    isBusy.value = false
  }

  function propose(): Promise<void> {
    return act(async () => {
      const old = isProposal.value ? planId.value : null
      const made = await post('/api/v1/tours', {
        query: { area: area.value },
        body: {
          first_day: day.value,
          days: days.value,
          starts: starts.value,
          ends: ends.value,
          rest: hasRest.value ? { opens: '12:00', closes: '13:00' } : null,
          workers: [...chosen.value].map((id) => ({ worker_id: id })),
          most: MOST_VISITS,
          even: true,
        },
      })
      plan.data.value = made
      planId.value = String(made.id)
      if (old !== null) {
        await post('/api/v1/tour-plans/{plan_id}/{step}', { path: { plan_id: Number(old), step: 'discard' } }).catch(() => null)
      }
    })
  }

  function decide(step: 'accept' | 'discard'): Promise<void> {
    return act(async () => {
      await post('/api/v1/tour-plans/{plan_id}/{step}', { path: { plan_id: Number(planId.value), step } })
      planId.value = null
      plan.data.value = null
      await Promise.all([standing.load(), due.load()])
    })
  }

  function callOff(tour: Tour): Promise<void> {
    return act(async () => {
      await post('/api/v1/tours/{tour_id}/discard', { path: { tour_id: tour.id } })
      await Promise.all([standing.load(), due.load()])
    })
  }

  watch([area, lastDay], () => void due.load(), { immediate: true })
  watch(area, () => void workers.load(), { immediate: true })
  watch([area, day, lastDay], () => void standing.load(), { immediate: true })
  if (planId.value !== null) {
    void plan.load().then(() => {
      // Accepted or discarded in the meantime.
      if (plan.problem.value || proposed.value.length + (plan.data.value?.unassigned.length ?? 0) === 0) planId.value = null
    })
  }

  return {
    area, day, span, days, lastDay, starts, ends, hasRest, due, workers, chosen, plan, standing, isProposal, tours, tourId,
    tour: computed(() => tours.value.find((tour) => tour.id === tourId.value) ?? null),
    unassigned: computed(() => (isProposal.value ? (plan.data.value?.unassigned ?? []) : [])),
    leftOut: computed(() => (isProposal.value ? (plan.data.value?.left_out ?? []) : [])),
    isBusy, problem, propose, decide, callOff,
    xlsx: computed(() =>
      address('/api/v1/tours.xlsx', { query: { area: area.value, first_day: day.value, last_day: lastDay.value } }),
    ),
    ics: (tour: Tour) => address('/api/v1/tours.ics', { query: { worker: tour.worker_id, first_day: tour.day } }),
  } // prettier-ignore
}

export type Planning = ReturnType<typeof usePlanning>
