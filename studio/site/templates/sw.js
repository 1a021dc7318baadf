// @ts-check
// Pages that were read can be read again without a network. Sound is not kept: it is large, and podcast apps download it better.
"use strict";

const KEPT = "studio-@VERSION@";
const SHARED = "./ @ASSETS@ @COVER@".split(" ");
const LOUD = /\.(?:@SOUND@)$/;
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("install", (event) => {
  event.waitUntil(keep());
});

// The files that every page loads, and the page that registered this worker, which loaded before the worker.
async function keep() {
  const readers = await worker.clients.matchAll({ includeUncontrolled: true, type: "window" });
  const pages = readers.map((reader) => reader.url.split("#")[0]).filter((address) => address.startsWith(worker.registration.scope));
  const kept = await caches.open(KEPT);
  await kept.addAll([...new Set([...SHARED, ...pages])]);
  await worker.skipWaiting();
}

worker.addEventListener("activate", (event) => {
  const forget = (/** @type {string[]} */ names) => Promise.all(names.filter((name) => name.startsWith("studio-") && name !== KEPT).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(forget).then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  const ours = request.method === "GET" && request.url.startsWith(worker.registration.scope);
  if (!ours || LOUD.test(address.pathname) || request.headers.has("range") || address.pathname.includes("/_preview/")) return;
  event.respondWith(freshest(request));
});

/**
 * The network's response, which is cached; offline, the cached one.
 * @param {Request} request
 */
async function freshest(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok) await kept.put(request, answer.clone());
    return answer;
  } catch (error) {
    const before = await kept.match(request, { ignoreSearch: true });
    if (before) return before;
    throw error;
  }
}
