/** Edits of a scenario, from one list to the next. Facilities that are added have the ids -1, -2, … in their order. */
import type { Edit } from '@/api/types'
import type { Place } from '@/map/layers/places'

export interface Spot {
  lon: number
  lat: number
}

/** A place where one more would help, the first the most. */
export interface Candidate extends Spot {
  rank: number
}

/** A facility elsewhere. Moving twice is moving once; one that was added is added elsewhere. */
export function move(edits: Edit[], id: number, { lon, lat }: Spot): Edit[] {
  if (id < 0) return changeAdded(edits, id, { lon, lat })
  const moved: Edit = { op: 'move', facility_id: id, lon, lat }
  return replaceOrAppend(edits, moved, (one) => one.op === 'move' && one.facility_id === id)
}

/** A facility of another size. */
export function resize(edits: Edit[], id: number, capacity: number): Edit[] {
  if (id < 0) return changeAdded(edits, id, { capacity })
  const sized: Edit = { op: 'resize', facility_id: id, capacity }
  return replaceOrAppend(edits, sized, (one) => one.op === 'resize' && one.facility_id === id)
}

/** A facility gone, and with it what else was done to it. */
export function remove(edits: Edit[], id: number): Edit[] {
  if (id < 0) return without(edits, rowOfAdded(edits, id))
  return [...edits.filter((one) => !isAbout(one, id)), { op: 'remove', facility_id: id }]
}

/** Close a street or open it; the second time it is as it was. */
export function toggleStreet(edits: Edit[], id: number, isClosedToday: boolean): Edit[] {
  const row = edits.findIndex((one) => isStreet(one) && one.street_id === id)
  return row >= 0 ? without(edits, row) : [...edits, { op: isClosedToday ? 'open' : 'close', street_id: id }]
}

/** All but one. Without one that was added, the ids of those added later move up. */
export function without(edits: Edit[], row: number): Edit[] {
  const dropped = edits[row]
  const rest = edits.filter((_, index) => index !== row)
  if (dropped?.op !== 'add') return rest
  const id = -edits.slice(0, row + 1).filter((one) => one.op === 'add').length
  return rest
    .filter((one) => !isAbout(one, id))
    .map((one) => ('facility_id' in one && one.facility_id < id ? { ...one, facility_id: one.facility_id + 1 } : one))
}

/** The facilities of a category as the edits leave them; those that are gone are still listed, and marked. */
export function placesAfter(today: Place[], edits: Edit[], category: string, glyph: string, unnamed: string): Place[] {
  const places = new Map<number, Place>(today.map((place) => [place.id, { ...place, state: 'today' }]))
  let added = 0
  for (const edit of edits) {
    if (edit.op === 'add') {
      added -= 1
      if (edit.category !== category) continue
      const { lon, lat, capacity = null, name } = edit
      places.set(added, { id: added, lon, lat, capacity, name: name ?? unnamed, glyph, state: 'added' })
    } else if ('facility_id' in edit) {
      const place = places.get(edit.facility_id)
      if (!place) continue
      if (edit.op === 'move') Object.assign(place, { lon: edit.lon, lat: edit.lat })
      if (edit.op === 'resize') place.capacity = edit.capacity
      if (place.state === 'today' && edit.op === 'move') place.state = 'moved'
      if (edit.op === 'remove') place.state = 'gone'
    }
  }
  return [...places.values()]
}

/** Streets that the edits close, and those they open. */
export function streetsOf(edits: Edit[]): { closed: number[]; opened: number[] } {
  return {
    closed: edits.flatMap((one) => (one.op === 'close' ? [one.street_id] : [])),
    opened: edits.flatMap((one) => (one.op === 'open' ? [one.street_id] : [])),
  }
}

function isStreet(edit: Edit): edit is Extract<Edit, { street_id: number }> {
  return edit.op === 'close' || edit.op === 'open'
}

function isAbout(edit: Edit, id: number): boolean {
  return 'facility_id' in edit && edit.facility_id === id
}

function rowOfAdded(edits: Edit[], id: number): number {
  const rows = edits.flatMap((one, row) => (one.op === 'add' ? [row] : []))
  return rows[-id - 1] ?? -1
}

function changeAdded(edits: Edit[], id: number, values: Partial<Spot & { capacity: number }>): Edit[] {
  const row = rowOfAdded(edits, id)
  return edits.map((one, index) => (index === row && one.op === 'add' ? { ...one, ...values } : one))
}

function replaceOrAppend(edits: Edit[], next: Edit, isSame: (one: Edit) => boolean): Edit[] {
  return edits.some(isSame) ? edits.map((one) => (isSame(one) ? next : one)) : [...edits, next]
}
