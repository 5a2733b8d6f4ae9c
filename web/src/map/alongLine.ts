/** Where somebody is along a line that they follow. */
import type { Position } from 'geojson'

const METRES_A_DEGREE = 111_320

export interface Spot {
  lon: number
  lat: number
}

/** What of a line lies ahead of a spot near it, the share of its length that is, and how far off the spot lies. */
export function restOf(line: Position[], spot: Spot): { line: Position[]; share: number; off_m: number } {
  const east = Math.cos((spot.lat * Math.PI) / 180) * METRES_A_DEGREE
  const flat = line.map(([x = 0, y = 0]) => [(x - spot.lon) * east, (y - spot.lat) * METRES_A_DEGREE] as const)
  let best = { off_m: Infinity, segment: 0, along: 0 }
  for (let n = 0; n + 1 < flat.length; n++) {
    const [a, b] = [flat[n] ?? [0, 0], flat[n + 1] ?? [0, 0]]
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
    const along = Math.min(1, Math.max(0, -(a[0] * dx + a[1] * dy) / (dx * dx + dy * dy || 1)))
    const off_m = Math.hypot(a[0] + along * dx, a[1] + along * dy)
    if (off_m < best.off_m) best = { off_m, segment: n, along }
  }
  const lengths = flat.slice(1).map((b, n) => Math.hypot(b[0] - (flat[n]?.[0] ?? 0), b[1] - (flat[n]?.[1] ?? 0)))
  const whole = lengths.reduce((sum, one) => sum + one, 0)
  const gone = lengths.slice(0, best.segment).reduce((sum, one) => sum + one, 0) + (lengths[best.segment] ?? 0) * best.along
  return {
    line: [[spot.lon, spot.lat], ...line.slice(best.segment + 1)],
    share: whole > 0 ? (whole - gone) / whole : 0,
    off_m: best.off_m,
  }
}
