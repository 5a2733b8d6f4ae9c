/** The live map: clusters, dots, ways, workers and what is not blue, in the order in which they lie. */
import type { Geometry } from 'geojson'
import { onBeforeUnmount, watch, type Ref } from 'vue'
import { get } from '@/api/client'
import type { AreaNumbers } from '@/api/types'
import { AroundPoints } from '@/map/layers/around'
import { ChosenArea } from '@/map/layers/area'
import { AreaCounts } from '@/map/layers/areaCounts'
import { Clusters } from '@/map/layers/clusters'
import { Dots } from '@/map/layers/dots'
import { Exceptions } from '@/map/layers/exceptions'
import { Offline } from '@/map/layers/offline'
import { Pulses } from '@/map/layers/pulses'
import { Ways } from '@/map/layers/ways'
import { Workers } from '@/map/layers/workers'
import type { Renewal } from '@/map/renewal'
import type { Stage } from '@/map/stage'
import { loadKinds } from '@/state/catalogue'
import type { Live } from '@/state/live'
import { persistently } from '@/state/persistently'
import { session } from '@/state/session'

interface Options {
  area: Ref<string | null>
  kind: Ref<string | null>
  /** What is drawn: of now, or of the past that is replayed. */
  live: Live
  /** What the present is told by. Streets and houses are always shown as they are now. */
  present?: Live
  /** Workers are shown where somebody may be sent. */
  withWorkers: boolean
}

export function useLiveMap({ area, kind, live, present = live, withWorkers }: Options) {
  const chosen = new ChosenArea()
  const clusters = new Clusters(area.value, kind.value)
  const areaCounts = new AreaCounts()
  const dots = new Dots(area.value, kind.value)
  const ways = new Ways('help')
  const around = new AroundPoints()
  const workers = new Workers()
  const offline = new Offline(kind.value)
  const exceptions = new Exceptions(kind.value)
  const pulses = new Pulses(kind.value)
  let isGone = false
  let renewal: Renewal | null = null

  present.follow((changes) => {
    renewal?.take(changes.tiles)
  })
  live.follow((changes, board) => {
    offline.update(board)
    exceptions.update(board)
    pulses.update(changes, board)
    clusters.update(changes)
    workers.update(changes)
    // After an outage people may have come on duty.
    if (changes.isSnapshot) void listWorkers()
  })
  watch(kind, (next) => {
    for (const layer of [clusters, dots, offline, exceptions, pulses]) layer.show(next)
  })
  watch(area, (next) => {
    clusters.within(next)
    dots.within(next)
    void outlineArea()
  })
  onBeforeUnmount(() => (isGone = true))

  async function listWorkers(): Promise<void> {
    if (!withWorkers) return
    const query = { area: area.value, on_duty: true, limit: 10_000 }
    const found = await persistently(() => get('/api/v1/workers', { query }), () => isGone) // prettier-ignore
    if (found) workers.set(found.features)
  }

  async function outlineArea(): Promise<void> {
    const path = { area_id: Number(area.value ?? session.value?.area_id) }
    const found = path.area_id
      ? await persistently(() => get('/api/v1/areas/{area_id}', { path }), () => isGone) // prettier-ignore
      : null
    chosen.set((found?.geometry as Geometry | undefined) ?? null)
  }

  return {
    ways,
    around,
    workers,
    clusters,
    /** Numbers of areas, shown far out. One kind alone is counted by the clusters. */
    showAreas(areas: AreaNumbers[]): void {
      areaCounts.set(areas)
      clusters.giveWay(areas.length > 0)
    },
    /** Put everything on a map. The kinds come first: they are the characters in the markers. */
    async put(stage: Stage): Promise<void> {
      await persistently(loadKinds, () => isGone)
      if (isGone) return
      renewal = stage.renewal
      stage.use(chosen, areaCounts, clusters, dots, offline, around, ways, ...(withWorkers ? [workers] : []), exceptions, pulses)
      void outlineArea()
    },
  }
}
