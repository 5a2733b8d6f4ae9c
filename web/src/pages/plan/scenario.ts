/** What if: a scenario as it is edited. One request is under way at most; the newest edits win. */
import { computed, onBeforeUnmount, ref, shallowRef, watch } from 'vue'
import { get, post, put, remove } from '@/api/client'
import { asProblem, type Problem } from '@/api/problem'
import type { Comparison, Edit, Scenario } from '@/api/types'
import { without } from '@/pages/plan/edits'
import type { Question } from '@/pages/plan/question'
import { parameter } from '@/router'
import { may } from '@/state/session'

export function useScenario(question: Question) {
  const linked = parameter('scenario')
  /** In the mode: everything shown is a supposition. */
  const isOn = ref(false)
  const edits = shallowRef<Edit[]>([])
  const stored = shallowRef<Scenario | null>(null)
  /** The named one that the draft was made from. */
  const origin = shallowRef<Scenario | null>(null)
  const comparison = shallowRef<Comparison | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const isBusy = ref(false)
  const past = shallowRef<Edit[][]>([])
  const mayEdit = computed(() => may('plan'))
  let gesture: string | null = null
  let sent: Edit[] = edits.value
  let compared = ''
  let isGone = false

  /** The state that tiles and other questions are asked for, or null for today. */
  const shown = computed(() =>
    isOn.value && stored.value && (edits.value.length > 0 || stored.value.edits.length > 0)
      ? { scenario: stored.value.id, rev: stored.value.revision }
      : null,
  )
  /** The edit that cannot be: what it is about is not there any more. */
  const goneEdit = computed(() => {
    const row = problem.value?.status === 409 ? problem.value.more.edit : null
    return typeof row === 'number' ? row : null
  })

  /** Other edits. Those of one gesture, a drag for instance, are undone together. */
  function change(next: Edit[], of: string | null = null): void {
    if (!mayEdit.value || next === edits.value) return
    if (of === null || of !== gesture) past.value = [...past.value, edits.value]
    gesture = of
    edits.value = next
    void follow()
  }

  function undo(): void {
    const before = past.value.at(-1)
    if (!before) return
    past.value = past.value.slice(0, -1)
    gesture = null
    edits.value = before
    void follow()
  }

  /** Send what is newer than what was sent, then compare; again, until nothing is newer. */
  async function follow(): Promise<void> {
    if (isBusy.value) return
    isBusy.value = true
    problem.value = null
    try {
      while (!isGone && isOn.value && (sent !== edits.value || compared !== wanted())) {
        if (sent !== edits.value) await send(edits.value)
        await compare()
      }
    } catch (error) {
      problem.value = asProblem(error)
    }
    isBusy.value = false
  }

  /** What has a name is not changed by trying on: the first edit goes to a draft of its own. */
  async function send(now: Edit[]): Promise<void> {
    if (!mayEdit.value) return
    const body = { edits: now, name: null, datum: 'wgs84' as const }
    if (stored.value?.name) origin.value = stored.value
    const draft = stored.value?.name === null ? stored.value.id : null
    stored.value = (draft === null ? null : await replaced(draft, body)) ?? (await post('/api/v1/scenarios', { body }))
    sent = now
    linked.value = String(stored.value.id)
  }

  /** Null when the service has forgotten it. */
  async function replaced(id: number, body: { edits: Edit[]; name: string | null; datum: 'wgs84' }): Promise<Scenario | null> {
    try {
      return await put('/api/v1/scenarios/{scenario_id}', { path: { scenario_id: id }, body })
    } catch (error) {
      if (asProblem(error).status !== 404) throw error
      return null
    }
  }

  async function compare(): Promise<void> {
    const asked = question.query.value
    const now = (compared = wanted())
    if (!asked || !stored.value) return
    const path = { scenario_id: stored.value.id }
    try {
      const found = await get('/api/v1/scenarios/{scenario_id}/comparison', { path, query: asked })
      if (now === wanted() || sent !== edits.value) comparison.value = found
      problem.value = null
    } catch (error) {
      comparison.value = null
      throw error
    }
  }

  function wanted(): string {
    return JSON.stringify([question.query.value, stored.value?.id, stored.value?.revision])
  }

  async function open(id: number): Promise<void> {
    try {
      take(await get('/api/v1/scenarios/{scenario_id}', { path: { scenario_id: id } }))
    } catch (error) {
      isOn.value = true
      problem.value = asProblem(error)
    }
  }

  function take(found: Scenario | null): void {
    stored.value = found
    origin.value = null
    edits.value = sent = found?.edits ?? []
    past.value = []
    comparison.value = problem.value = null
    compared = ''
    gesture = null
    isOn.value = true
    linked.value = found ? String(found.id) : null
    void follow()
  }

  /** Give it a name: it is kept. Under the name it came from it takes that one's place. */
  async function save(name: string): Promise<boolean> {
    const now = edits.value
    const body = { edits: now, name, datum: 'wgs84' as const }
    const target = origin.value?.name === name ? origin.value.id : stored.value?.id
    try {
      stored.value = (target === undefined ? null : await replaced(target, body)) ?? (await post('/api/v1/scenarios', { body }))
      sent = now
      origin.value = null
      linked.value = String(stored.value.id)
      return true
    } catch (error) {
      problem.value = asProblem(error)
      return false
    }
  }

  async function forget(id: number): Promise<void> {
    try {
      await remove('/api/v1/scenarios/{scenario_id}', { path: { scenario_id: id } })
      if (stored.value?.id === id) take(null)
    } catch (error) {
      problem.value = asProblem(error)
    }
  }

  function enter(): void {
    isOn.value = true
    linked.value = stored.value ? String(stored.value.id) : null
    void follow()
  }

  /** Back to today. The edits are there again when the mode is entered again. */
  function leave(): void {
    isOn.value = false
    linked.value = null
  }

  watch(question.query, () => void (isOn.value && follow()))
  onBeforeUnmount(() => (isGone = true))
  const first = Number(linked.value)
  if (Number.isInteger(first) && first > 0) void open(first)

  return {
    isOn, edits, stored, origin, shown, comparison, problem, goneEdit, isBusy, past, mayEdit,
    change, undo, follow, open, save, forget, enter, leave,
    drop: (row: number) => {
      change(without(edits.value, row))
    },
    fresh: () => {
      take(null)
    },
  } // prettier-ignore
}

export type WhatIf = ReturnType<typeof useScenario>
