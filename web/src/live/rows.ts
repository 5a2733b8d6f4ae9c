/** The tuples of the live stream (contract "live"), and what the pages make of them. */
import type { OrderState } from '@/api/types'

export type DeviceTuple =
  | [id: number, status: 'abnormal' | 'offline', since: string, lon: number, lat: number, kind: string,
     severity: number | null, orderState: OrderState | null]
  | [id: number, status: 'normal' | 'removed', at: string]

export type IncidentTuple =
  | [id: number, state: 'open' | 'merged' | 'closed', kind: string, lon: number, lat: number, severity: number,
     orderState: OrderState | null]
  | [id: number, state: 'removed', at: string]

export type WorkerTuple = [id: number, lon: number, lat: number, at: string] | [id: number, state: 'removed', at: string]

/** Tiles whose content changed, as z/x/y by layer; `*` stands for all of the layer's. */
export type TileNews = Record<string, string[]>

export interface LiveBody {
  seq: number
  devices: DeviceTuple[]
  incidents: IncidentTuple[]
  workers: WorkerTuple[]
  tiles: TileNews
}

/** A device that is not blue. */
export interface DeviceRow {
  id: number
  status: 'abnormal' | 'offline'
  since: string
  lon: number
  lat: number
  kind: string
  severity: number
  orderState: OrderState | null
}

/** An open incident. */
export interface IncidentRow {
  id: number
  kind: string
  lon: number
  lat: number
  severity: number
  orderState: OrderState | null
}

export interface WorkerRow {
  id: number
  lon: number
  lat: number
  at: string
}

export function deviceRow(tuple: DeviceTuple): DeviceRow | null {
  if (tuple[1] === 'normal' || tuple[1] === 'removed') return null
  const [id, status, since, lon, lat, kind, severity, orderState] = tuple as Extract<DeviceTuple, { length: 8 }>
  return { id, status, since, lon, lat, kind, severity: severity ?? 0, orderState }
}

export function incidentRow(tuple: IncidentTuple): IncidentRow | null {
  // What was merged into another is seen to with that one.
  if (tuple[1] !== 'open') return null
  const [id, , kind, lon, lat, severity, orderState] = tuple
  return { id, kind, lon, lat, severity, orderState }
}

export function workerRow(tuple: WorkerTuple): WorkerRow | null {
  if (typeof tuple[1] === 'string') return null
  const [id, lon, lat, at] = tuple
  return { id, lon, lat, at }
}
