/** Far out areas speak: name, how many devices are red, how many there are. Nearer the clusters do. */
import type { ExpressionSpecification, Map } from 'maplibre-gl'
import type { AreaNumbers } from '@/api/types'
import { named } from '@/i18n'
import { STEPS } from '@/map/icons/ring'
import { addGeoJson, collection, FONTS, point, removeSource, setData } from '@/map/specs'
import type { Look, MapLayer } from '@/map/stage'

const SOURCE = 'area-count'
/** Up to here areas speak. */
export const AREAS_TO_ZOOM = 12
/** Districts give way to subdistricts. */
const SUBDISTRICTS_FROM_ZOOM = 10
export const AREA_LAYERS = ['area-count-district', 'area-count-subdistrict']

export class AreaCounts implements MapLayer {
  private map: Map | null = null
  private areas: AreaNumbers[] = []

  add(map: Map, look: Look): void {
    this.map = map
    const layer = (level: 'district' | 'subdistrict', minzoom: number, maxzoom: number) => ({
      id: `area-count-${level}`,
      type: 'symbol' as const,
      source: SOURCE,
      minzoom,
      maxzoom,
      filter: ['==', ['get', 'level'], level] as ExpressionSpecification,
      layout: {
        'icon-image': ['get', 'icon'] as ExpressionSpecification,
        'icon-allow-overlap': true,
        'text-field': [
          'format', ['get', 'name'], { 'font-scale': 1.1 }, '\n', {}, ['get', 'red'],
          { 'text-color': look === 'day' ? '#c01c1c' : '#ff7b7b' }, ['get', 'total'], {},
        ] as ExpressionSpecification,
        'text-font': FONTS,
        'text-size': 12,
        'text-anchor': 'top' as const,
        'text-offset': [0, 1.6] as [number, number],
        'text-optional': true,
        'symbol-sort-key': ['-', 0, ['get', 'abnormal']] as ExpressionSpecification,
      },
      paint: {
        'text-color': look === 'day' ? '#1b1f24' : '#dfe4ea',
        'text-halo-color': look === 'day' ? '#ffffff' : '#0b0e13',
        'text-halo-width': 1.2,
      },
    })
    addGeoJson(map, SOURCE, this.features(), [
      layer('district', 0, SUBDISTRICTS_FROM_ZOOM),
      layer('subdistrict', SUBDISTRICTS_FROM_ZOOM, AREAS_TO_ZOOM),
    ])
  }

  remove(map: Map): void {
    this.map = null
    removeSource(map, SOURCE)
  }

  set(areas: AreaNumbers[]): void {
    this.areas = areas
    setData(this.map, SOURCE, this.features())
  }

  private features() {
    return collection(
      this.areas
        .filter((area) => area.devices > 0)
        .map((area) => {
          const share = area.abnormal > 0 ? Math.max(1, Math.round((area.abnormal * STEPS) / area.devices)) : 0
          return point(area.lon, area.lat, area.id, {
            level: area.level,
            name: named(area),
            abnormal: area.abnormal,
            red: area.abnormal > 0 ? `${area.abnormal} / ` : '',
            total: String(area.devices),
            icon: `ring/2/${share}/0`,
          })
        }),
    )
  }
}
