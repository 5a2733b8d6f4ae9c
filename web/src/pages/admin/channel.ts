/** A channel as it is edited, and as the service takes it. */
import type { Channel } from '@/api/types'

export const TYPES = ['wecom', 'dingtalk', 'webhook', 'smtp', 'file'] as const
export const EVENTS = ['opened', 'dispatched', 'escalated', 'closed'] as const
export const AUDIENCES = ['duty', 'worker', 'supervisor', 'elder', 'relative'] as const
/** Fields with a place of their own for what the service has against them. */
export const FIELDS = ['name', 'type', 'url', 'secret', 'min_severity', 'host', 'port', 'security', 'user', 'from', 'to', 'language']

type Audience = (typeof AUDIENCES)[number]

/** Whom each type can reach: what is for one family is not said to a group. */
export const REACHES: Record<Channel['type'], readonly Audience[]> = {
  file: AUDIENCES,
  webhook: AUDIENCES,
  wecom: ['duty', 'worker', 'supervisor'],
  dingtalk: ['duty', 'worker', 'supervisor'],
  smtp: ['duty', 'supervisor'],
}

export function blank(channel: Channel | null) {
  const settings = channel?.settings
  const addresses = (who: 'duty' | 'supervisor') => settings?.to?.[who]?.join(', ') ?? ''
  return {
    name: channel?.name ?? '',
    type: channel?.type ?? ('wecom'),
    url: '',
    secret: '',
    events: [...(channel?.events ?? ['opened', 'escalated'])] as Channel['events'],
    audiences: [...(channel?.audiences ?? ['duty'])] as Audience[],
    min_severity: channel?.min_severity ?? 1,
    language: settings?.language ?? 'zh',
    host: settings?.host ?? '',
    port: settings?.port ?? (587),
    security: settings?.security ?? ('starttls' as const),
    user: settings?.user ?? '',
    from: settings?.from ?? '',
    to: { duty: addresses('duty'), supervisor: addresses('supervisor') },
  }
}

export function bodyOf(edited: ReturnType<typeof blank>) {
  const { type, url, secret, events, audiences, min_severity } = edited
  const to = Object.fromEntries(
    (['duty', 'supervisor'] as const).map((who) => [who, list(edited.to[who])]).filter(([, found]) => found?.length),
  ) as Record<string, string[]>
  const mail = {
    host: edited.host.trim() || null,
    port: edited.port,
    security: edited.security,
    user: edited.user.trim() || null,
    from: edited.from.trim() || null,
    to,
  }
  return {
    name: edited.name.trim(),
    events,
    audiences,
    min_severity,
    settings: { language: edited.language, ...(type === 'smtp' ? mail : {}) },
    // What is left empty stays as it is.
    ...(url.trim() ? { url: url.trim() } : {}),
    ...(secret ? { secret } : {}),
  }
}

function list(text: string): string[] {
  return text.split(/[\s,，;；]+/).filter(Boolean)
}
