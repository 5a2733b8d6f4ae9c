/** What the planner asks, kept in the address; and the answer in residents. */
import { computed, ref, watch } from 'vue'
import { get } from '@/api/client'
import type { CoverageSummary, Profile } from '@/api/types'
import { parameter } from '@/router'
import { useCategories } from '@/state/categories'
import { useResource } from '@/state/resource'

export const TIERS = [5, 10, 15] as const
export const LONGEST = 30
export const PROFILES = ['walk', 'elder', 'wheelchair', 'ebike'] as const
export const UNITS = ['building', 'hex', 'street'] as const
/** Asked for first where there is one: elders eat there. */
const FIRST = 'canteen'

export function useQuestion() {
  const area = parameter('area')
  const chosenCategory = parameter('category')
  const chosenMinutes = parameter('minutes')
  const chosenProfile = parameter('profile')
  const chosenBy = parameter('by')
  /** Local time, 2026-11-22T19:00: only what is open then. Without it any time. */
  const at = parameter('at')
  const onlyGaps = ref(false)
  const categories = useCategories(area)

  const category = computed({
    get: () => {
      const known = categories.data.value?.find((one) => one.code === chosenCategory.value)
      const present = categories.present.value
      return known ?? present.find((one) => one.code === FIRST) ?? present[0] ?? null
    },
    set: (value) => (chosenCategory.value = value?.code ?? null),
  })
  const minutes = computed({
    get: () => Math.min(LONGEST, Math.max(1, Math.round(Number(chosenMinutes.value ?? 15)) || 15)),
    set: (value) => (chosenMinutes.value = String(value)),
  })
  const profile = computed<Profile>({
    get: () => PROFILES.find((one) => one === chosenProfile.value) ?? 'walk',
    set: (value) => (chosenProfile.value = value),
  })
  const by = computed<(typeof UNITS)[number] | null>({
    get: () => UNITS.find((one) => one === chosenBy.value) ?? null,
    set: (value) => (chosenBy.value = value),
  })

  const query = computed(() =>
    category.value && {
      category: category.value.code, minutes: minutes.value, profile: profile.value, area: area.value, at: at.value,
    },
  ) // prettier-ignore
  const answer = useResource<CoverageSummary>(async (signal) => {
    const asked = query.value
    if (!asked) throw new Error('nothing asked')
    return (await get('/api/v1/coverage', { query: { ...asked, features: false }, signal })).summary
  })
  watch(query, (next, before) => {
    if (!next || JSON.stringify(next) === JSON.stringify(before)) return
    if (next.category !== before?.category || next.area !== before.area) answer.clear()
    void answer.load()
  }, { immediate: true }) // prettier-ignore

  return { area, categories, category, minutes, profile, by, at, onlyGaps, query, answer }
}

export type Question = ReturnType<typeof useQuestion>
