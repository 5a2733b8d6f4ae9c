/** What is under the pointer: how long the walk is, where to, and for how many. */
export interface Tip {
  x: number
  y: number
  minutes: number | null
  facility: string
  residents: number
  residents60: number
}
