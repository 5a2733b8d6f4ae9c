/** Who is on duty and where: moved smoothly, because people do not jump. */
import type { Map } from 'maplibre-gl'
import type { WorkerFeature } from '@/api/types'
import type { Changes } from '@/live/board'
import { addGeoJson, collection, FONTS, point, removeSource, setData } from '@/map/specs'
import type { Look, MapLayer } from '@/map/stage'

const SOURCE = 'worker'
const GLIDE_MS = 1_200
const FRAME_MS = 60
/** More movers than this at once are placed, not moved: the eye cannot follow them anyway. */
const MOST_MOVERS = 150

interface Person {
  name: string
  lon: number
  lat: number
  /** Where the glide began, and when; none while standing. */
  from: { lon: number; lat: number; at: number } | null
  isAtPost: boolean
}

export interface Candidate {
  id: number
  label: string
  isBest: boolean
}

export class Workers implements MapLayer {
  private map: Map | null = null
  private readonly people = new globalThis.Map<number, Person>()
  private candidates = new globalThis.Map<number, Candidate>()
  private timer: ReturnType<typeof setTimeout> | null = null

  add(map: Map, look: Look): void {
    this.map = map
    addGeoJson(map, SOURCE, this.features(), [
      {
        id: 'worker',
        type: 'symbol',
        source: SOURCE,
        minzoom: 15,
        layout: {
          'icon-image': ['concat', 'worker/', ['get', 'mode']],
          'icon-size': ['interpolate', ['linear'], ['zoom'], 15, 0.6, 16, 0.8, 18, 1.1],
          'icon-allow-overlap': true,
          'icon-ignore-placement': true,
          'text-field': [
            'step', ['zoom'], ['get', 'label'],
            17, ['format', ['get', 'name'], {}, ['case', ['==', ['get', 'label'], ''], '', ['concat', '\n', ['get', 'label']]], {}],
          ],
          'text-font': FONTS,
          'text-size': 11.5,
          'text-anchor': 'top',
          'text-offset': [0, 1],
          // Who would go is named in any crowd; a red marker still lies over the name.
          'text-allow-overlap': true,
          'symbol-sort-key': ['match', ['get', 'mode'], 'best', 2, 'near', 1, 0],
        },
        paint: {
          'icon-opacity': ['interpolate', ['linear'], ['zoom'], 15, 0, 15.15, 1],
          'text-color': [
            'case', ['==', ['get', 'label'], ''], look === 'day' ? '#4f4638' : '#b3a892', look === 'day' ? '#5c3a00' : '#ffd27a',
          ],
          'text-halo-color': look === 'day' ? '#ffffff' : '#080a0d',
          'text-halo-width': 1.4,
        },
      },
    ])
  }

  remove(map: Map): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.map = null
    removeSource(map, SOURCE)
  }

  /** Everyone on duty at their last position or post, as the service lists them. */
  set(workers: WorkerFeature[]): void {
    this.people.clear()
    for (const worker of workers) {
      const [lon, lat] = (worker.geometry?.coordinates ?? []) as number[]
      if (lon === undefined || lat === undefined) continue
      const isAtPost = worker.properties.position_age_s === null
      this.people.set(worker.id, { name: worker.properties.name, lon, lat, from: null, isAtPost })
    }
    this.draw()
  }

  update(changes: Changes): void {
    const isGlide = !changes.isSnapshot && changes.workers.length <= MOST_MOVERS
    for (const { id, after } of changes.workers) {
      const known = this.people.get(id)
      if (!after) {
        this.people.delete(id)
        continue
      }
      const from = isGlide && known ? { ...this.now(known), at: performance.now() } : null
      this.people.set(id, { name: known?.name ?? '', lon: after.lon, lat: after.lat, from, isAtPost: false })
    }
    if (changes.workers.length > 0) this.draw()
  }

  /** Mark those who could go, each with the minutes it takes, and the one who would be sent. */
  highlight(candidates: Candidate[]): void {
    this.candidates = new globalThis.Map(candidates.map((candidate) => [candidate.id, candidate]))
    this.draw()
  }

  private readonly draw = (): void => {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    if (!this.map) return
    setData(this.map, SOURCE, this.features())
    if ([...this.people.values()].some((person) => person.from)) this.timer = setTimeout(this.draw, FRAME_MS)
  }

  private features() {
    return collection(
      [...this.people].map(([id, person]) => {
        const { lon, lat } = this.now(person)
        const candidate = this.candidates.get(id)
        const mode = candidate?.isBest ? 'best' : candidate ? 'near' : person.isAtPost ? 'post' : 'here'
        return point(lon, lat, id, { name: person.name, mode, label: candidate?.label ?? '' })
      }),
    )
  }

  private now(person: Person): { lon: number; lat: number } {
    if (!person.from) return person
    const share = (performance.now() - person.from.at) / GLIDE_MS
    if (share >= 1) {
      person.from = null
      return person
    }
    const eased = 1 - (1 - share) ** 3
    return {
      lon: person.from.lon + (person.lon - person.from.lon) * eased,
      lat: person.from.lat + (person.lat - person.from.lat) * eased,
    }
  }
}
