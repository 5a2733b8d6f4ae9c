/** Pictures kept in the phone until they are sent. Where the browser keeps nothing (a private window) they live as long
as the page does. */
const DATABASE = 'yike'
const STORE = 'pictures'
const held = new Map<string, Blob>()
let opened: Promise<IDBDatabase> | null = null

export async function keepBlob(key: string, blob: Blob): Promise<void> {
  held.set(key, blob)
  // Bytes, not the blob: some phones' browsers lose blobs that stand in a database.
  const bytes = await blob.arrayBuffer()
  await run('readwrite', (store) => store.put({ bytes, type: blob.type }, key)).catch(() => undefined)
}

export async function keptBlob(key: string): Promise<Blob | null> {
  const here = held.get(key)
  if (here) return here
  const found = (await run('readonly', (store) => store.get(key)).catch(() => undefined)) as
    | { bytes: ArrayBuffer; type: string }
    | undefined
  if (!found) return null
  const blob = new Blob([found.bytes], { type: found.type })
  held.set(key, blob)
  return blob
}

export async function forgetBlob(key: string): Promise<void> {
  held.delete(key)
  await run('readwrite', (store) => store.delete(key)).catch(() => undefined)
}

/** Forget all whose keys begin so. */
export async function forgetBlobs(prefix: string): Promise<void> {
  for (const key of held.keys()) if (key.startsWith(prefix)) held.delete(key)
  const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`)
  await run('readwrite', (store) => store.delete(range)).catch(() => undefined)
}

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => {
      resolve(request.result)
    }
    request.onerror = () => {
      reject(request.error ?? new Error('no database'))
    }
  })
  return opened
}

async function run(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const transaction = (await database()).transaction(STORE, mode)
  const request = act(transaction.objectStore(STORE))
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => {
      resolve(request.result)
    }
    transaction.onabort = transaction.onerror = () => {
      reject(transaction.error ?? new Error('not kept'))
    }
  })
}
