/** The live state a page holds: everything that is not blue, open incidents, workers. */
import {
  deviceRow,
  incidentRow,
  workerRow,
  type DeviceRow,
  type IncidentRow,
  type LiveBody,
  type TileNews,
  type WorkerRow,
} from '@/live/rows'

/** One thing before and after; null stands for blue, closed or gone. */
export interface Change<Row> {
  id: number
  before: Row | null
  after: Row | null
}

export interface Changes {
  /** The whole state was replaced: nothing in it is news. */
  isSnapshot: boolean
  devices: Change<DeviceRow>[]
  incidents: Change<IncidentRow>[]
  workers: Change<WorkerRow>[]
  tiles: TileNews
}

export class Board {
  readonly devices = new Map<number, DeviceRow>()
  readonly incidents = new Map<number, IncidentRow>()
  readonly workers = new Map<number, WorkerRow>()

  delta(body: LiveBody): Changes {
    return {
      isSnapshot: false,
      devices: body.devices.map((tuple) => put(this.devices, tuple[0], deviceRow(tuple))),
      incidents: body.incidents.map((tuple) => put(this.incidents, tuple[0], incidentRow(tuple))),
      workers: body.workers.map((tuple) => put(this.workers, tuple[0], workerRow(tuple))),
      tiles: body.tiles,
    }
  }

  /** Replace everything; what is not in the snapshot any more is reported as gone. */
  snapshot(body: LiveBody): Changes {
    return {
      isSnapshot: true,
      devices: replace(this.devices, body.devices.map(deviceRow)),
      incidents: replace(this.incidents, body.incidents.map(incidentRow)),
      workers: replace(this.workers, body.workers.map(workerRow)),
      tiles: body.tiles,
    }
  }
}

function put<Row>(rows: Map<number, Row>, id: number, after: Row | null): Change<Row> {
  const before = rows.get(id) ?? null
  if (after) rows.set(id, after)
  else rows.delete(id)
  return { id, before, after }
}

function replace<Row extends { id: number }>(rows: Map<number, Row>, next: (Row | null)[]): Change<Row>[] {
  const before = new Map(rows)
  rows.clear()
  for (const row of next) if (row) rows.set(row.id, row)
  const ids = new Set([...before.keys(), ...rows.keys()])
  return [...ids].map((id) => ({ id, before: before.get(id) ?? null, after: rows.get(id) ?? null }))
}
