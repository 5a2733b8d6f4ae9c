/** A pin that is dragged, set by a tap, or moved by the arrow keys. */
import { Marker, type Map } from 'maplibre-gl'

export interface Spot {
  lon: number
  lat: number
}

const STEP_PX = 12
const STEPS: Record<string, [number, number]> = {
  ArrowLeft: [-STEP_PX, 0],
  ArrowRight: [STEP_PX, 0],
  ArrowUp: [0, -STEP_PX],
  ArrowDown: [0, STEP_PX],
}

export class Pin {
  private readonly marker: Marker
  private isOn = false

  constructor(
    private readonly map: Map,
    readonly element: HTMLElement,
    private readonly tell: (spot: Spot) => void,
  ) {
    this.marker = new Marker({ element, draggable: true, anchor: 'bottom' })
    this.marker.on('dragend', () => {
      const { lng, lat } = this.marker.getLngLat()
      this.tell({ lon: lng, lat })
    })
    element.addEventListener('keydown', (event) => {
      const step = STEPS[event.key]
      if (!step) return
      event.preventDefault()
      // The map listens too, and would move itself.
      event.stopPropagation()
      const { x, y } = map.project(this.marker.getLngLat())
      const { lng, lat } = map.unproject([x + step[0], y + step[1]])
      this.tell({ lon: lng, lat })
    })
  }

  set({ lon, lat }: Spot): void {
    this.marker.setLngLat([lon, lat])
    if (!this.isOn) this.marker.addTo(this.map)
    this.isOn = true
  }
}
