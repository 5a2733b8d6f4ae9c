/** Reads Server-Sent Events from bytes (WHATWG HTML, 9.2.6). Every byte is a sign of life, comments too. */
export interface ServerEvent {
  name: string
  data: string
  /** The newest id seen so far, not only this event's own. */
  id: string
}

export class EventParser {
  private rest = ''
  private name = ''
  private data: string[] = []
  private id = ''
  private readonly decoder = new TextDecoder()

  /** Events that are complete with these bytes. */
  push(bytes: Uint8Array): ServerEvent[] {
    this.rest += this.decoder.decode(bytes, { stream: true })
    const lines = this.rest.split(/\r\n|\n|\r/)
    // The last line may still grow. A lone \r at the end may be half of \r\n: it waits as well.
    this.rest = lines.pop() ?? ''
    const events: ServerEvent[] = []
    for (const line of lines) {
      const event = this.line(line)
      if (event) events.push(event)
    }
    return events
  }

  private line(line: string): ServerEvent | null {
    if (line === '') return this.finish()
    const colon = line.indexOf(':')
    if (colon === 0) return null
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') this.name = value
    else if (field === 'data') this.data.push(value)
    else if (field === 'id') this.id = value
    return null
  }

  private finish(): ServerEvent | null {
    const event = this.data.length > 0 ? { name: this.name || 'message', data: this.data.join('\n'), id: this.id } : null
    this.name = ''
    this.data = []
    return event
  }
}
