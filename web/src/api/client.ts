/** The API, typed by its OpenAPI document (`npm run types`). */
import { Problem, toProblem } from '@/api/problem'
import type { paths } from '@/api/schema'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Operation<P extends keyof paths, M extends Method> = paths[P][M]
type PathOf<M extends Method> = {
  [P in keyof paths]: Operation<P, M> extends { responses: unknown } ? P : never
}[keyof paths]

type Json<R> = R extends { content: { 'application/json': infer Body } } ? Body : never
type Answer<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { responses: infer R } ? Json<R[keyof R & (200 | 201)]> : never

type Parameters<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { parameters: infer X } ? X : never
type Query<P extends keyof paths, M extends Method> = Parameters<P, M> extends { query?: infer Q } ? Q : never
type PathValues<P extends keyof paths, M extends Method> =
  Parameters<P, M> extends { path: infer V } ? { path: V } : { path?: undefined }
type BodyOf<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { requestBody: { content: { 'application/json': infer B } } } ? { body: B } : { body?: undefined }

type Options<P extends keyof paths, M extends Method> = PathValues<P, M> &
  BodyOf<P, M> & { query?: Query<P, M>; signal?: AbortSignal }

/** Everything but the stream is answered within this time, or it is called unreachable. */
const TIMEOUT_MS = 30_000

export function get<P extends PathOf<'get'>>(path: P, options: Options<P, 'get'>): Promise<Answer<P, 'get'>> {
  return send('get', path, options) as Promise<Answer<P, 'get'>>
}

export function post<P extends PathOf<'post'>>(path: P, options: Options<P, 'post'>): Promise<Answer<P, 'post'>> {
  return send('post', path, options) as Promise<Answer<P, 'post'>>
}

export function put<P extends PathOf<'put'>>(path: P, options: Options<P, 'put'>): Promise<Answer<P, 'put'>> {
  return send('put', path, options) as Promise<Answer<P, 'put'>>
}

export function patch<P extends PathOf<'patch'>>(path: P, options: Options<P, 'patch'>): Promise<Answer<P, 'patch'>> {
  return send('patch', path, options) as Promise<Answer<P, 'patch'>>
}

/** For operations that answer with nothing. */
export async function remove<P extends PathOf<'delete'>>(path: P, options: PathValues<P, 'delete'>): Promise<void> {
  await send('delete', path, options)
}

/** A picture, as the body itself. */
export function upload<P extends PathOf<'post'>>(
  path: P,
  options: PathValues<P, 'post'> & { picture: Blob },
): Promise<Answer<P, 'post'>> {
  return send('post', path, { ...options, body: options.picture }) as Promise<Answer<P, 'post'>>
}

let tellSignedOut: () => void = () => undefined

/** What to do when the service says that nobody is signed in. A page says so; the shared worker has no pages. */
export function whenSignedOut(act: () => void): void {
  tellSignedOut = act
}

export function signedOut(): void {
  tellSignedOut()
}

interface Request {
  path?: unknown
  query?: unknown
  body?: unknown
  signal?: AbortSignal
}

/** The address of an operation with its values filled in: for links, and for what the map fetches by itself. */
export function address(path: string, request: Pick<Request, 'path' | 'query'>): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String((request.path as Record<string, unknown>)[name])),
  )
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value))
  }
  const text = query.toString()
  return text ? `${filled}?${text}` : filled
}

async function send(method: Method, path: string, request: Request): Promise<unknown> {
  const limit = AbortSignal.timeout(TIMEOUT_MS)
  const headers = new Headers({ Accept: 'application/json' })
  const init: RequestInit = {
    method: method.toUpperCase(),
    signal: request.signal ? AbortSignal.any([request.signal, limit]) : limit,
    headers,
  }
  if (request.body !== undefined) {
    const isPicture = request.body instanceof Blob
    init.body = isPicture ? (request.body as Blob) : JSON.stringify(request.body)
    headers.set('Content-Type', isPicture ? (request.body as Blob).type : 'application/json')
  }
  let response: Response
  try {
    response = await fetch(address(path, request), init)
  } catch (error) {
    if (request.signal?.aborted) throw error
    throw Problem.unreachable()
  }
  if (response.status === 401) signedOut()
  if (!response.ok) throw await toProblem(response)
  return response.status === 204 ? null : (response.json() as Promise<unknown>)
}
