/// <reference lib="webworker" />

/** The page's own files, so that it works without a network; the name changes with each build. */
declare const BUILD: string
declare const FILES: readonly string[]

const scope = self as unknown as ServiceWorkerGlobalScope

scope.addEventListener('install', (event) => {
  event.waitUntil(caches.open(BUILD).then((cache) => cache.addAll([...FILES])))
})

scope.addEventListener('activate', (event) => {
  const removeOld = async () => {
    for (const name of await caches.keys()) if (name !== BUILD) await caches.delete(name)
    await scope.clients.claim()
  }
  event.waitUntil(removeOld())
})

scope.addEventListener('fetch', (event) => {
  event.respondWith(caches.match(event.request, { ignoreSearch: true }).then((kept) => kept ?? fetch(event.request)))
})
