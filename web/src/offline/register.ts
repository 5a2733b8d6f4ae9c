/** Lets the browser keep the pages for when there is no signal, where it allows that: on https and on this machine. */
export async function keepForOffline(): Promise<void> {
  if (!import.meta.env.PROD || !isSecureContext || !('serviceWorker' in navigator)) return
  const registration = await navigator.serviceWorker.register('/sw.js')
  await navigator.serviceWorker.ready
  // The files of this very visit were fetched before anybody could keep them.
  const files = performance
    .getEntriesByType('resource')
    .map((entry) => new URL(entry.name).pathname)
    .filter((path) => path.startsWith('/assets/'))
  registration.active?.postMessage({ files })
}
