/** Words in Chinese and English. Chinese is the source; English must have every key, or it does not compile. */
import { computed, ref, watchEffect } from 'vue'
import { en } from '@/i18n/en'
import { zh } from '@/i18n/zh'

export type Language = 'zh' | 'en'
export type Key = keyof typeof zh
type Values = Record<string, string | number>

const STORED = 'yike.language'
const dictionaries: Record<Language, Record<Key, string>> = { zh, en }

export const language = ref<Language>(initial())
export const locale = computed(() => (language.value === 'zh' ? 'zh-CN' : 'en-GB'))

watchEffect(() => {
  document.documentElement.lang = locale.value
})

export function setLanguage(chosen: Language): void {
  language.value = chosen
  localStorage.setItem(STORED, chosen)
}

export function t(key: Key, values: Values = {}): string {
  return dictionaries[language.value][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** A word for a code of the service, or the code itself: a new kind of value is shown, not hidden. */
export function word(prefix: string, code: string): string {
  const key = `${prefix}.${code}`
  return key in zh ? t(key as Key) : code
}

/** Whichever of two names fits the language. */
export function named(thing: { name: string | null; name_en?: string | null }): string {
  return (language.value === 'en' ? (thing.name_en ?? thing.name) : thing.name) ?? ''
}

function initial(): Language {
  const asked = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem(STORED)
  return asked === 'en' ? 'en' : 'zh'
}
