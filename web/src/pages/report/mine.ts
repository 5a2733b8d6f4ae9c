/** What was reported from this browser: the codes, so that nobody has to copy them down. */
import { ref } from 'vue'
import { keep, kept } from '@/state/kept'

export interface Mine {
  code: string
  category: string
  at: string
}

const MOST = 20
export const mine = ref<Mine[]>(read())

export function addMine(one: Mine): void {
  mine.value = [one, ...mine.value.filter(({ code }) => code !== one.code)].slice(0, MOST)
  try {
    keep('report.mine', mine.value)
  } catch {
    // The code stands on the screen to be written down.
  }
}

/** Read aloud and copied down in two halves: ABCDE-FGHJK. */
export function spaced(code: string): string {
  return code.length === 10 ? `${code.slice(0, 5)}-${code.slice(5)}` : code
}

/** As it may have been typed: small letters, with a hyphen, with spaces. */
export function plain(typed: string): string {
  return typed.toUpperCase().replace(/[^0-9A-Z]/g, '')
}

function read(): Mine[] {
  const found = kept('report.mine')
  return Array.isArray(found) ? (found as Mine[]) : []
}
