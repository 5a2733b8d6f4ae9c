/** What the planner asks, kept in the address; and the answer in residents. */
import { computed, ref, watch } from 'vue'
import { address, get } from '@/api/client'
import type { CoverageSummary, Profile } from '@/api/types'
import { parameter } from '@/router'
import { useCategories } from '@/state/categories'
import { useResource } from '@/state/resource'

export const TIERS = [5, 10, 15] as const
export const LONGEST = 30
export const PROFILES = ['walk', 'elder', 'wheelchair'] as const
/** Asked for first where there is one: elders eat there. */
const FIRST = 'canteen'

export function useQuestion() {
  const area = parameter('area')
  const chosenCategory = parameter('category')
  const chosenMinutes = parameter('minutes')
  const chosenProfile = parameter('profile')
  const chosenBy = parameter('by')
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
  const by = computed<'building' | 'hex' | null>({
    get: () => (chosenBy.value === 'building' || chosenBy.value === 'hex' ? chosenBy.value : null),
    set: (value) => (chosenBy.value = value),
  })

  const query = computed(() =>
    category.value && { category: category.value.code, minutes: minutes.value, profile: profile.value, area: area.value },
  )
  /** Of a category that is nowhere there are no minutes; the service says so, and the tiles are not asked for. */
  const tiles = computed(() =>
    query.value && category.value && category.value.facilities > 0
      ? { category: query.value.category, profile: query.value.profile, by: by.value, area: query.value.area }
      : null,
  )
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

  const exportUrl = computed(() => query.value && address('/api/v1/coverage', { query: { ...query.value, by: 'building' } }))
  return { area, categories, category, minutes, profile, by, onlyGaps, query, tiles, answer, exportUrl }
}

export type Question = ReturnType<typeof useQuestion>
