/** A read-only handle for the browser tests: what is drawn on a canvas cannot be read from the page, but the
map can be asked for it. Nothing in the pages reads it back. */
interface Handle {
  map?: unknown
  live?: unknown
}

declare global {
  interface Window {
    __yike?: Readonly<Handle>
  }
}

export function expose<Name extends keyof Handle>(name: Name, value: Handle[Name]): void {
  window.__yike = Object.freeze({ ...window.__yike, [name]: value })
}
