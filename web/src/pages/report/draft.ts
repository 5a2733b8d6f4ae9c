/** A report that is being written: kept in the browser until the service has it, photograph and all. */
import { computed, ref, watch } from 'vue'
import { post, upload } from '@/api/client'
import { toBlob } from '@/pages/report/picture'
import { addMine } from '@/pages/report/mine'
import { forget, keep, kept } from '@/state/kept'

export interface Draft {
  category: string | null
  spot: { lon: number; lat: number } | null
  text: string
  /** A JPEG as a data URL. */
  photo: string | null
  /** Once the words are sent: what the photograph still has to be sent to. */
  code: string | null
}

/** As short as the service takes it. */
export const SHORTEST = 2
export const LONGEST = 1000

const EMPTY: Draft = { category: null, spot: null, text: '', photo: null, code: null }

export function useDraft() {
  const draft = ref<Draft>(read())
  /** The browser has no room for the photograph: it lasts only as long as the page is open. */
  const isPhotoKept = ref(true)
  const isBegun = computed(() => draft.value.category !== null || draft.value.text !== '' || draft.value.photo !== null)

  watch(draft, (now) => {
    isPhotoKept.value = remember(now) || !now.photo
  }, { deep: true, flush: 'sync' }) // prettier-ignore

  /** Send the words, then the photograph; returns the code. What is through is not sent again. */
  async function send(name: string): Promise<string> {
    const { category, spot, text, code } = draft.value
    if (code !== null) return code
    if (category === null || spot === null) throw new Error('not everything is filled in')
    const answer = await post('/api/v1/reports', { body: { category, text: text.trim(), ...spot, datum: 'wgs84' } })
    addMine({ code: answer.code, category: name, at: new Date().toISOString() })
    if (draft.value.photo === null) clear()
    else draft.value = { ...EMPTY, photo: draft.value.photo, code: answer.code }
    return answer.code
  }

  async function sendPhoto(): Promise<void> {
    const { photo, code } = draft.value
    if (photo === null || code === null) return
    await upload('/api/v1/reports/{code}/photos', { path: { code }, picture: await toBlob(photo) })
    clear()
  }

  function clear(): void {
    draft.value = { ...EMPTY }
    forget('report.draft')
  }

  return { draft, isBegun, isPhotoKept, send, sendPhoto, clear }
}

export type Writing = ReturnType<typeof useDraft>

function remember(draft: Draft): boolean {
  try {
    keep('report.draft', draft)
    return true
  } catch {
    // Full, or forbidden: the words are what matters most.
    try {
      keep('report.draft', { ...draft, photo: null })
    } catch {
      // A browser that keeps nothing: the page itself still has it.
    }
    return false
  }
}

function read(): Draft {
  const found = kept('report.draft')
  return typeof found === 'object' && found !== null ? { ...EMPTY, ...(found as Partial<Draft>) } : { ...EMPTY }
}
