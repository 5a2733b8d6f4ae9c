/** Kinds of device: asked for once, they change only with the service itself. */
import { shallowRef } from 'vue'
import { get } from '@/api/client'
import type { DeviceKind } from '@/api/types'
import { named } from '@/i18n'

export const kinds = shallowRef<DeviceKind[]>([])
let asked: Promise<DeviceKind[]> | null = null

export function loadKinds(): Promise<DeviceKind[]> {
  asked ??= get('/api/v1/device-kinds', {}).then(
    ({ items }) => (kinds.value = items),
    (error: unknown) => {
      asked = null
      throw error
    },
  )
  return asked
}

export function kindOf(code: string | null): DeviceKind | undefined {
  return kinds.value.find((kind) => kind.code === code)
}

/** The character of an incident: its device's, or who reported it. */
export function glyphOfIncident(kind: string, device: string | null): string {
  if (kind === 'resident_report') return '报'
  if (kind === 'patrol_finding') return '巡'
  return kindOf(device)?.glyph ?? '·'
}

/** An order's title in the reader's language: a device's alarm is named by its kind's rule. */
export function alarmTitle(title: string, device: string | null): string {
  const kind = kindOf(device)
  return named({ name: title, name_en: kind?.rule === title ? kind.rule_en : null })
}
