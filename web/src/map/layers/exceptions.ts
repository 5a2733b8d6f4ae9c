/** What is red, from the live stream, above everything else: devices, and what people reported.

Red icons take part in the placement of labels and come first there, so no name is ever written over one. */
import type { ExpressionSpecification, Map } from 'maplibre-gl'
import type { Board } from '@/live/board'
import type { DeviceRow, IncidentRow } from '@/live/rows'
import { glyphOf, only } from '@/map/layers/dots'
import { addGeoJson, collection, point, removeSource, setData } from '@/map/specs'
import { glyphOfIncident, kinds } from '@/state/catalogue'
import type { MapLayer } from '@/map/stage'

const RED = 'abnormal'
const REPORT = 'report'
export const RED_LAYERS = ['abnormal-marker', 'abnormal-glyph']
export const REPORT_LAYERS = ['report-marker']

/** Below this zoom the cluster's ring speaks for its reds. */
export const REDS_FROM_ZOOM = 13

const MARKER_STATE: ExpressionSpecification = [
  'concat', ['to-string', ['get', 'severity']], '/', ['coalesce', ['get', 'order'], 'none'], '/',
] // prettier-ignore
const MARKER: ExpressionSpecification = ['concat', 'red/', MARKER_STATE]
const SIZE: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 13, 0.7, 15, 0.85, 16, 1, 19, 1.25]
const FADE: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], REDS_FROM_ZOOM, 0, REDS_FROM_ZOOM + 0.3, 1]

export class Exceptions implements MapLayer {
  private map: Map | null = null
  private rows: DeviceRow[] = []
  private reports: IncidentRow[] = []

  constructor(private kind: string | null) {}

  add(map: Map): void {
    this.map = map
    const filter = only(this.kind)
    addGeoJson(map, REPORT, this.reportFeatures(), [
      {
        id: 'report-marker',
        type: 'symbol',
        source: REPORT,
        minzoom: REDS_FROM_ZOOM,
        layout: {
          'icon-image': ['concat', 'report/', MARKER_STATE, ['get', 'glyph']],
          'icon-size': SIZE,
          'icon-allow-overlap': true,
          'icon-padding': 4,
          'symbol-sort-key': ['get', 'severity'],
        },
        paint: { 'icon-opacity': FADE },
      },
    ])
    addGeoJson(map, RED, this.features(), [
      {
        id: 'abnormal-marker',
        type: 'symbol',
        source: RED,
        minzoom: REDS_FROM_ZOOM,
        filter,
        layout: {
          'icon-image': MARKER,
          'icon-size': SIZE,
          'icon-allow-overlap': true,
          'icon-padding': 4,
          'symbol-sort-key': ['get', 'severity'],
        },
        paint: { 'icon-opacity': FADE },
      },
      {
        // The same marker with the kind's character, faded in over the plain one.
        id: 'abnormal-glyph',
        type: 'symbol',
        source: RED,
        minzoom: 15.8,
        filter,
        layout: {
          'icon-image': ['concat', MARKER, glyphOf(kinds.value)],
          'icon-size': SIZE,
          'icon-allow-overlap': true,
          'icon-ignore-placement': true,
          'symbol-sort-key': ['get', 'severity'],
        },
        paint: { 'icon-opacity': ['interpolate', ['linear'], ['zoom'], 15.8, 0, 16.1, 1] },
      },
    ])
  }

  remove(map: Map): void {
    this.map = null
    removeSource(map, RED)
    removeSource(map, REPORT)
  }

  show(kind: string | null): void {
    this.kind = kind
    for (const layer of RED_LAYERS) {
      if (this.map?.getLayer(layer)) this.map.setFilter(layer, only(kind))
    }
  }

  update(board: Board): void {
    this.rows = [...board.devices.values()].filter((row) => row.status === 'abnormal')
    this.reports = [...board.incidents.values()].filter((row) => row.kind !== 'device_alarm')
    setData(this.map, RED, this.features())
    setData(this.map, REPORT, this.reportFeatures())
  }

  /** What people saw themselves: it hangs on no device. */
  private reportFeatures() {
    return collection(
      this.reports.map((row) =>
        point(row.lon, row.lat, row.id, {
          glyph: glyphOfIncident(row.kind, null),
          severity: row.severity,
          ...(row.orderState ? { order: row.orderState } : {}),
        }),
      ),
    )
  }

  private features() {
    return collection(
      this.rows.map((row) =>
        point(row.lon, row.lat, row.id, {
          kind: row.kind,
          severity: row.severity,
          ...(row.orderState ? { order: row.orderState } : {}),
        }),
      ),
    )
  }
}
