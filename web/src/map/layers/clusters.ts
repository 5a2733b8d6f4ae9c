/** Clusters below zoom 15: how many devices, and how many of them red, as the service counts them. */
import type { ExpressionSpecification, Map, VectorTileSource } from 'maplibre-gl'
import { language } from '@/i18n'
import type { Changes } from '@/live/board'
import { STEPS } from '@/map/icons/ring'
import { AREAS_TO_ZOOM } from '@/map/layers/areaCounts'
import { addTiles, FONTS, removeSource, tileUrl } from '@/map/specs'
import type { Look, MapLayer } from '@/map/stage'

const SOURCE = 'device_status'
export const CLUSTER_LAYERS = ['cluster']
const DEEPEST_ZOOM = 14
/** The last clusters fade here while the single devices come. */
const SINGLE_FROM_ZOOM = 15.15
/** Under load the picture is fetched again this often, not with every reading. */
const PAUSE_MS = 2_000

const TOTAL: ExpressionSpecification = ['get', 'total']
const FADE: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 15, 1, 15.15, 0]

export class Clusters implements MapLayer {
  private map: Map | null = null
  private isHidden = false
  private from = 0
  private timer: ReturnType<typeof setTimeout> | null = null

  constructor(
    private area: string | null,
    private kind: string | null,
  ) {}

  add(map: Map, look: Look): void {
    this.map = map
    const halo = look === 'day' ? '#ffffff' : '#0b0e13'
    addTiles(map, SOURCE, { type: 'vector', tiles: [this.url()], minzoom: 4, maxzoom: DEEPEST_ZOOM }, [
      {
        id: 'cluster',
        type: 'symbol',
        source: SOURCE,
        'source-layer': 'device_status',
        minzoom: this.from,
        maxzoom: SINGLE_FROM_ZOOM,
        layout: {
          visibility: this.isHidden ? 'none' : 'visible',
          'icon-image': [
            'concat', 'ring/', ['to-string', ['step', TOTAL, 0, 100, 1, 1000, 2]],
            '/', ['to-string', share('abnormal')], '/', ['to-string', share('offline')],
          ],
          'icon-allow-overlap': true,
          'text-field': [
            'format', number(TOTAL), {},
            ['case', ['>', ['get', 'abnormal'], 0], ['concat', '\n', ['to-string', ['get', 'abnormal']]], ''],
            { 'font-scale': 0.92, 'text-color': look === 'day' ? '#c01c1c' : '#ff7b7b' },
          ],
          'text-font': FONTS,
          'text-size': 12,
          'text-line-height': 1,
          'text-allow-overlap': true,
          'symbol-sort-key': ['get', 'abnormal'],
        },
        paint: {
          'icon-opacity': FADE,
          'text-opacity': FADE,
          'text-color': look === 'day' ? '#1b1f24' : '#dfe4ea',
          'text-halo-color': halo,
          'text-halo-width': 0.6,
        },
      },
    ]) // prettier-ignore
  }

  remove(map: Map): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.map = null
    removeSource(map, SOURCE)
  }

  show(kind: string | null): void {
    this.kind = kind
    this.map?.getSource<VectorTileSource>(SOURCE)?.setTiles([this.url()])
  }

  /** Ask for fresh counts where they are on the screen and something turned red, grey or blue, came, went or moved. */
  update(changes: Changes): void {
    const isTurn = changes.devices.some((change) => change.before?.status !== change.after?.status)
    const isNews = isTurn || 'device' in changes.tiles
    if (!isNews || changes.isSnapshot) return
    this.timer ??= setTimeout(() => {
      this.timer = null
      if (this.map && this.map.getZoom() < SINGLE_FROM_ZOOM && this.map.getSource(SOURCE)) this.map.refreshTiles(SOURCE)
    }, PAUSE_MS)
  }

  /** The service counts as it is now: while the past is shown its counts are not. */
  hide(isHidden: boolean): void {
    this.isHidden = isHidden
    for (const layer of CLUSTER_LAYERS) {
      if (this.map?.getLayer(layer)) this.map.setLayoutProperty(layer, 'visibility', isHidden ? 'none' : 'visible')
    }
  }

  /** Far out the areas speak instead, where there are any. */
  giveWay(toAreas: boolean): void {
    this.from = toAreas ? AREAS_TO_ZOOM : 0
    if (this.map?.getLayer('cluster')) this.map.setLayerZoomRange('cluster', this.from, SINGLE_FROM_ZOOM)
  }

  within(area: string | null): void {
    this.area = area
    this.map?.getSource<VectorTileSource>(SOURCE)?.setTiles([this.url()])
  }

  private url(): string {
    return tileUrl(SOURCE, { area: this.area, kind: this.kind })
  }
}

/** A share in whole steps of the ring; what there is gets one step at least. */
function share(name: string): ExpressionSpecification {
  const steps: ExpressionSpecification = ['round', ['/', ['*', ['get', name], STEPS], TOTAL]]
  return ['case', ['>', ['get', name], 0], ['max', 1, steps], 0]
}

function number(value: ExpressionSpecification): ExpressionSpecification {
  const [divisor, unit] = language.value === 'zh' ? [10_000, '万'] : [1_000, 'k']
  const short: ExpressionSpecification = ['/', ['round', ['/', value, divisor / 10]], 10]
  return ['case', ['<', value, 10_000], ['to-string', value], ['concat', ['to-string', short], unit]]
}
