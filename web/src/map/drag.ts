/** Dragging a marker that is drawn on the map's own canvas, with a mouse or one finger. */
import type { LngLat, Map, MapMouseEvent, MapTouchEvent, Point } from 'maplibre-gl'

interface Drag {
  layers: readonly string[]
  /** Whether what was hit may be dragged. */
  grab: (properties: Record<string, unknown>) => boolean
  move: (to: LngLat) => void
  drop: () => void
}

/** A finger and a hurried mouse miss by this much. */
const SLACK = 6

export function onDrag(map: Map, { layers, grab, move, drop }: Drag): void {
  function start(event: MapMouseEvent | MapTouchEvent): void {
    if ('points' in event && event.points.length !== 1) return
    if ('button' in event.originalEvent && event.originalEvent.button !== 0) return
    const [hit] = under(map, event.point, layers)
    if (!hit || !grab(hit.properties)) return
    // The map stays where it is.
    event.preventDefault()
    const isTouch = 'points' in event
    const begun = event.point
    let isMoving = false
    const follow = (next: MapMouseEvent | MapTouchEvent) => {
      // A press that trembles is a click.
      isMoving ||= next.point.dist(begun) > 3
      if (isMoving) move(next.lngLat)
    }
    const end = () => {
      map.off(isTouch ? 'touchmove' : 'mousemove', follow)
      removeEventListener(isTouch ? 'touchend' : 'mouseup', end)
      if (isMoving) drop()
    }
    map.on(isTouch ? 'touchmove' : 'mousemove', follow)
    // Let go outside the map too.
    addEventListener(isTouch ? 'touchend' : 'mouseup', end)
  }
  map.on('mousedown', start)
  map.on('touchstart', start)
}

/** What these layers show at a point, or near it. */
export function under(map: Map, { x, y }: Point, layers: readonly string[], slack = SLACK) {
  const known = layers.filter((layer) => map.getLayer(layer))
  if (known.length === 0) return []
  return map.queryRenderedFeatures([[x - slack, y - slack], [x + slack, y + slack]], { layers: known }) // prettier-ignore
}
