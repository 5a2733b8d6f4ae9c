/** A MapLibre map with our own layers on it: survives a change of style, which throws everything else away. */
import { AttributionControl, Map, ScaleControl, setWorkerUrl, type LngLatBoundsLike, type PaddingOptions } from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import { address } from '@/api/client'
import { still } from '@/map/camera'
import { drawIcon } from '@/map/icons'
import { Renewal } from '@/map/renewal'

setWorkerUrl(workerUrl)

/** On phones the names on the map grow towards the 17 px of the page. */
export const PHONE_SCALE = 1.35

export type Look = 'day' | 'night' | 'wall'

/** One small module a layer. `add` is called again after each change of style: a layer keeps its own data. */
export interface MapLayer {
  add(map: Map, look: Look): void
  remove(map: Map): void
}

export interface StageOptions {
  container: HTMLElement
  look: Look
  language: string
  bounds: LngLatBoundsLike
  padding: PaddingOptions
  /** How much larger than usual everything is drawn: walls are read from afar. */
  magnify: number
  label: string
  hasScale: boolean
  /** Whether the address of the page says where the map is. */
  hasHash?: boolean
}

export class Stage {
  readonly map: Map
  /** Fetches anew what is told to have changed. */
  readonly renewal = new Renewal()
  private readonly layers: MapLayer[] = []
  private look: Look
  private isStyled = false
  private readonly pixelRatio: number

  constructor(options: StageOptions) {
    this.look = options.look
    this.pixelRatio = devicePixelRatio * options.magnify
    this.map = new Map({
      container: options.container,
      style: styleUrl(options.look, options.language),
      bounds: options.bounds,
      fitBoundsOptions: { padding: options.padding },
      hash: options.hasHash ?? true,
      pixelRatio: this.pixelRatio,
      maxPitch: 60,
      maxZoom: 20,
      // Names come and go at once for who wants no motion.
      fadeDuration: still.matches ? 0 : 300,
      attributionControl: false,
      locale: { 'Map.Title': options.label },
      transformRequest: this.renewal.request,
    })
    this.renewal.watch(this.map)
    this.map.addControl(new AttributionControl({ compact: true }), 'bottom-left')
    if (options.hasScale) this.map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-left')
    this.map.once('load', () => {
      // On a small map the sources fold up behind their button once they have been seen.
      if (options.container.clientWidth < 500) foldAttribution(options.container)
    })
    this.map.setMissingStyleImageResolver((id) => {
      const icon = drawIcon(id, this.look, Math.max(2, Math.ceil(this.pixelRatio)))
      if (icon && !this.map.hasImage(id)) this.map.addImage(id, icon.image, { pixelRatio: icon.pixelRatio })
      return Promise.resolve()
    })
    this.map.on('style.load', () => {
      this.isStyled = true
      for (const layer of this.layers) layer.add(this.map, this.look)
    })
  }

  /** Put layers on the map, the later above the earlier. */
  use(...layers: MapLayer[]): void {
    this.layers.push(...layers)
    if (this.isStyled) for (const layer of layers) layer.add(this.map, this.look)
  }

  restyle(look: Look, language: string): void {
    this.look = look
    this.isStyled = false
    this.map.setStyle(styleUrl(look, language), { diff: false })
  }

  dispose(): void {
    for (const layer of this.layers) layer.remove(this.map)
    this.map.remove()
  }
}

function styleUrl(look: Look, language: string): string {
  return location.origin + address(`/styles/${look}.json`, { query: { lang: language } })
}

function foldAttribution(container: HTMLElement): void {
  const attribution = container.querySelector('.maplibregl-ctrl-attrib')
  attribution?.classList.remove('maplibregl-compact-show')
  attribution?.removeAttribute('open')
}
