/** What went wrong, as the service says it (RFC 9457) or as the page must say itself. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly hint: string | null,
    /** Further members of the problem document, such as `order_id`. */
    readonly more: Record<string, unknown>,
  ) {
    super(detail)
  }

  /** No answer at all: nothing was changed as far as anyone here can tell. */
  static unreachable(): Problem {
    return new Problem(0, '', null, {})
  }

  get isUnreachable(): boolean {
    // 502–504 come from a proxy or a database that is away: the same thing to whoever waits.
    return this.status === 0 || (this.status >= 502 && this.status <= 504)
  }
}

export async function toProblem(response: Response): Promise<Problem> {
  let body: Record<string, unknown> = {}
  try {
    const parsed: unknown = await response.json()
    if (typeof parsed === 'object' && parsed !== null) body = parsed as Record<string, unknown>
  } catch {
    // A proxy's own error page: the status says all there is.
  }
  const detail = typeof body.detail === 'string' ? body.detail : `${response.status} ${response.statusText}`
  return new Problem(response.status, detail, typeof body.hint === 'string' ? body.hint : null, body)
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(-1, error instanceof Error ? error.message : String(error), null, {})
}

/** Whether a request was called off by the page itself; nobody needs to hear of that. */
export function wasAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}
