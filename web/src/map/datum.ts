/** GCJ-02, in which WeChat and Chinese maps give positions: WGS 84 moved by 100–700 m. The formula of `geo/datum.py`. */
export interface Spot {
  lon: number
  lat: number
}

const SEMI_MAJOR_M = 6378245
const ECCENTRICITY_2 = 0.006693421622965943
const ROUNDS = 4

export function toGcj02({ lon, lat }: Spot): Spot {
  if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return { lon, lat }
  const { sin, cos, sqrt, abs, PI } = Math
  const x = lon - 105
  const y = lat - 35
  const ripple = ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3
  const north =
    -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + ripple +
    ((20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3 +
    ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3
  const east =
    300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + ripple +
    ((20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2) / 3 +
    ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3
  const phi = (lat * PI) / 180
  const w2 = 1 - ECCENTRICITY_2 * sin(phi) ** 2
  const w = sqrt(w2)
  const degrees = 180 / PI
  return {
    lon: lon + (east / ((SEMI_MAJOR_M / w) * cos(phi))) * degrees,
    lat: lat + (north / ((SEMI_MAJOR_M * (1 - ECCENTRICITY_2)) / (w2 * w))) * degrees,
  }
}

/** Back by fixed-point iteration: two rounds reach a centimetre. */
export function fromGcj02(given: Spot): Spot {
  let found = given
  for (let round = 0; round < ROUNDS; round += 1) {
    const moved = toGcj02(found)
    found = { lon: found.lon + given.lon - moved.lon, lat: found.lat + given.lat - moved.lat }
  }
  return found
}
