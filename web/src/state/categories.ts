/** Categories of service, those of which there is something first. */
import { computed, watch, type Ref } from 'vue'
import { get } from '@/api/client'
import type { Category } from '@/api/types'
import { useResource } from '@/state/resource'

export function useCategories(area: Ref<string | null>) {
  const resource = useResource<Category[]>(async (signal) => {
    const { items } = await get('/api/v1/facility-categories', { query: { area: area.value }, signal })
    return items
  })
  watch(area, () => void resource.load(), { immediate: true })
  const present = computed(() => (resource.data.value ?? []).filter((one) => one.facilities > 0))
  const absent = computed(() => (resource.data.value ?? []).filter((one) => one.facilities === 0))
  return { ...resource, present, absent }
}
