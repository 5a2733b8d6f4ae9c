/** The planner's map: what is shown for the question and the scenario, and what is done to it by hand. */
import { Marker, type FilterSpecification, type MapMouseEvent } from 'maplibre-gl'
import { computed, onBeforeUnmount, ref, shallowRef, watch, type Ref } from 'vue'
import { get } from '@/api/client'
import { named, t } from '@/i18n'
import { onDrag, under } from '@/map/drag'
import { CoverageMap, COVERAGE_LAYERS, STREET_LAYERS, type CoverageView } from '@/map/layers/coverage'
import { Pins, type Pin } from '@/map/layers/pins'
import { PLACE_LAYERS, Places, type Place } from '@/map/layers/places'
import { BASE, CLOSURE_LAYERS, Supposed } from '@/map/layers/supposed'
import type { Stage } from '@/map/stage'
import { move, placesAfter, streetsOf, toggleStreet } from '@/pages/plan/edits'
import type { Question } from '@/pages/plan/question'
import type { WhatIf } from '@/pages/plan/scenario'
import { tipOf, type Tip } from '@/pages/plan/tip'
import { useResource } from '@/state/resource'
import { theme } from '@/theme/theme'

export type Tool = 'move' | 'add' | 'close'

const STEP_M = 10
const METRES_A_DEGREE = 111_320

export function usePlanMap(question: Question, whatIf: WhatIf, handle: Ref<HTMLElement | null>) {
  const coverage = new CoverageMap()
  const supposed = new Supposed()
  const markers = new Places()
  const candidates = new Pins()
  const stage = shallowRef<Stage | null>(null)
  const tip = ref<Tip | null>(null)
  const tool = ref<Tool>('move')
  const chosenId = ref<number | null>(null)
  const view = ref<CoverageView>('after')
  let marker: Marker | null = null

  const today = useResource<Place[]>(async (signal) => {
    const category = question.category.value
    if (!category) return []
    const found = await get('/api/v1/facilities', { query: { category: category.code, limit: 10_000 }, signal })
    return found.features.map((feature) => {
      const [lon = 0, lat = 0] = (feature.geometry?.coordinates ?? []) as number[]
      const { capacity } = feature.properties
      return { id: feature.id, lon, lat, capacity, name: named(feature.properties), glyph: category.glyph }
    })
  })
  const places = computed(() => {
    const listed = today.data.value ?? []
    const category = question.category.value
    if (!whatIf.isOn.value || !category) return listed
    return placesAfter(listed, whatIf.edits.value, category.code, category.glyph, t('whatIf.new'))
  })
  const chosen = computed(() => places.value.find((one) => one.id === chosenId.value && one.state !== 'gone') ?? null)

  /** Of a category that is nowhere there are no minutes; the service says so, and tiles are not asked for. */
  const isSomewhere = computed(() => {
    const category = question.category.value
    if (!category) return false
    const isAdded = whatIf.edits.value.some((one) => one.op === 'add' && one.category === category.code)
    return category.facilities > 0 || (whatIf.shown.value !== null && isAdded)
  })
  const isCompared = computed(() => whatIf.shown.value !== null)
  const tiles = computed(() => {
    if (!question.query.value || !isSomewhere.value) return null
    const { category, profile, area, at } = question.query.value
    const by = whatIf.isOn.value && tool.value === 'close' ? 'street' : question.by.value
    return { category, profile, by, area, at, ...(whatIf.shown.value ? { ...whatIf.shown.value, compare: 1 } : {}) }
  })

  function attach(made: Stage): void {
    stage.value = made
    made.use(coverage, supposed, candidates, markers)
    const { map } = made
    onDrag(map, {
      layers: PLACE_LAYERS,
      grab: (properties) => {
        if (!whatIf.isOn.value || !whatIf.mayEdit.value || tool.value !== 'move' || properties.look === 'gone') return false
        chosenId.value = Number(properties.id)
        dragged = `drag ${String(++drags)}`
        return true
      },
      move: ({ lng, lat }) => {
        tip.value = null
        if (chosenId.value !== null) whatIf.change(move(whatIf.edits.value, chosenId.value, { lon: lng, lat }), dragged)
      },
      drop: () => handle.value?.focus({ preventScroll: true }),
    })
    map.on('mousemove', onPoint)
    map.on('click', onClick)
    map.on('mouseout', () => (tip.value = null))
  }
  let drags = 0
  let dragged = ''

  function onPoint(event: MapMouseEvent): void {
    const map = event.target
    const [hit] = under(map, event.point, COVERAGE_LAYERS, tiles.value?.by === 'street' ? 3 : 0)
    const nearest = (hit?.properties.facility_id as number | undefined) ?? null
    markers.choose(chosenId.value ?? nearest)
    tip.value = hit ? tipOf(hit.properties, event.point, places.value) : null
    if (!whatIf.isOn.value) return
    const isOver = under(map, event.point, tool.value === 'close' ? [...STREET_LAYERS, ...CLOSURE_LAYERS] : PLACE_LAYERS).length > 0
    map.getCanvas().style.cursor = tool.value === 'add' ? 'crosshair' : isOver ? (tool.value === 'move' ? 'grab' : 'pointer') : ''
  }

  function onClick(event: MapMouseEvent): void {
    onPoint(event)
    if (!whatIf.isOn.value || !whatIf.mayEdit.value) return
    const map = event.target
    const category = question.category.value?.code
    if (tool.value === 'add' && category) {
      const { lng: lon, lat } = event.lngLat
      whatIf.change([...whatIf.edits.value, { op: 'add', category, lon, lat }])
      chosenId.value = -whatIf.edits.value.filter((one) => one.op === 'add').length
    } else if (tool.value === 'close') {
      const [hit] = under(map, event.point, [...CLOSURE_LAYERS, ...STREET_LAYERS])
      if (hit?.id !== undefined) whatIf.change(toggleStreet(whatIf.edits.value, Number(hit.id), hit.properties.closed === true))
    } else {
      const [hit] = under(map, event.point, PLACE_LAYERS)
      chosenId.value = hit ? Number(hit.properties.id) : null
    }
  }

  /** The arrow keys of the chosen one's handle. */
  function onArrow(event: KeyboardEvent): void {
    const steps: Record<string, [east: number, north: number]> = {
      ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0],
    } // prettier-ignore
    const step = steps[event.key]
    const place = chosen.value
    if (!step || !place) return
    event.preventDefault()
    // Else the map would move along.
    event.stopPropagation()
    const lat = place.lat + (step[1] * STEP_M) / METRES_A_DEGREE
    const lon = place.lon + (step[0] * STEP_M) / (METRES_A_DEGREE * Math.cos((place.lat * Math.PI) / 180))
    whatIf.change(move(whatIf.edits.value, place.id, { lon, lat }), `keys ${String(place.id)}`)
  }

  function choose(id: number | null): void {
    chosenId.value = id
  }

  /** What a street is called, where the base map shows it. */
  function streetName(id: number): string | null {
    const filter = ['==', ['id'], id] as FilterSpecification
    const found = stage.value?.map.querySourceFeatures(BASE, { sourceLayer: 'street', filter }) ?? []
    return found.map(({ properties }) => named(properties as { name: string | null })).find((name) => name !== '') ?? null
  }

  function pin(pins: Pin[]): void {
    candidates.set(pins)
  }

  watch(question.category, () => {
    chosenId.value = null
    void today.load()
  }, { immediate: true }) // prettier-ignore
  watch(places, (found) => {
    markers.set(found)
    const was = new Map(today.data.value?.map((one) => [one.id, one]))
    supposed.set(found.flatMap((place) => {
      const before = was.get(place.id)
      if (place.state !== 'moved' || !before) return []
      return [{ from: [before.lon, before.lat], to: [place.lon, place.lat], glyph: place.glyph }]
    }))
  }) // prettier-ignore
  watch([whatIf.edits, whatIf.isOn], ([edits, isOn]) => {
    const { closed, opened } = streetsOf(edits)
    supposed.close(closed, opened, isOn)
    if (!isOn) chosenId.value = null
  }, { immediate: true }) // prettier-ignore
  watch([chosen, stage, handle], ([place, shownOn, element]) => {
    markers.choose(place?.id ?? null)
    if (!place || !shownOn || !element) return
    // Moved, not made anew: it keeps the keyboard's focus.
    if (marker?.getElement() === element) marker.setLngLat(place)
    else marker = new Marker({ element, opacityWhenCovered: '1' }).setLngLat(place).addTo(shownOn.map)
  }, { flush: 'post' }) // prettier-ignore
  watch(() => JSON.stringify(tiles.value), () => {
    coverage.ask(tiles.value, theme.value)
  }, { immediate: true }) // prettier-ignore
  watch([question.minutes, question.onlyGaps], ([minutes, onlyGaps]) => {
    coverage.threshold(minutes, onlyGaps)
  }, { immediate: true }) // prettier-ignore
  watch([view, isCompared], ([chosenView, compared]) => {
    coverage.look(compared ? chosenView : 'after')
  })
  onBeforeUnmount(() => {
    marker?.remove()
    stage.value = null
  })

  const listed = computed(() => today.data.value ?? [])

  return { stage, attach, tip, tool, view, isCompared, tiles, today: listed, places, chosen, choose, streetName, onArrow, pin }
}

export type PlanMap = ReturnType<typeof usePlanMap>
