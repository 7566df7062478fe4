// Keeps the app for when there is no network. The build lists every file with its SHA-256 in precache.js.
//
// - All or nothing: a version is installed only when every file has come and has the digest that the list promises. Any
//   failure fails the installation, and the version before stays.
// - Nothing is taken away early: old caches go when the new version takes over, after it has been looked through again.
// - Never in the middle of something: a new version waits until the page says { type: 'apply' }.
// - /api/ is never touched.
importScripts('/precache.js');

const PREFIX = 'mingbai-';
const CACHE = PREFIX + PRECACHE.version;
const PAGE = '/index.html';
// Only desks need the decoder: it is kept on its first use, and from then on with every new version.
const isLazy = (url) => url.startsWith('/decoder');
const LISTED = new Map(PRECACHE.files.map((file) => [file.url, file]));

const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Fetches a listed file past every cache and proves its bytes; throws when it is not what was promised. */
async function fetchVerified({ url, sha256 }) {
  const response = await fetch(url, { cache: 'no-store', credentials: 'same-origin', redirect: 'error' });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  const body = await response.arrayBuffer();
  if (hex(await crypto.subtle.digest('SHA-256', body)) !== sha256) throw new Error(`${url}: not the listed bytes`);
  const headers = new Headers(response.headers);
  // The bytes are stored unpacked.
  headers.delete('Content-Encoding');
  headers.delete('Content-Length');
  return new Response(body, { status: 200, headers });
}

/** Our caches of other versions. */
async function others() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
}

async function install() {
  const usesDecoder = (await Promise.all((await others()).map((name) => caches.open(name).then((cache) => cache.keys()))))
    .flat()
    .some((request) => isLazy(new URL(request.url).pathname));
  const wanted = PRECACHE.files.filter((file) => usesDecoder || !isLazy(file.url));
  // First everything is fetched and proven, only then is anything stored.
  const responses = await Promise.all(wanted.map(fetchVerified));
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(wanted.map((file, at) => cache.put(file.url, responses[at])));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

/** Whether every file that must be there is. */
async function isWhole() {
  const cache = await caches.open(CACHE);
  const found = await Promise.all(PRECACHE.files.filter((file) => !isLazy(file.url)).map((file) => cache.match(file.url)));
  return found.every(Boolean);
}

async function activate() {
  if (await isWhole()) await Promise.all((await others()).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** From the cache; else, proven, from the network, and kept if it is listed. */
async function answer(request, url) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(url);
  if (kept) return kept;
  const file = LISTED.get(url);
  if (!file) return fetch(request);
  try {
    const response = await fetchVerified(file);
    await cache.put(url, response.clone());
    return response;
  } catch {
    // The hall may already serve the next version: this page gets what there is, and the cache keeps only what is proven.
    return fetch(request);
  }
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));

self.addEventListener('message', (event) => {
  if (event.data?.type === 'apply') event.waitUntil(self.skipWaiting());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith('/api/') || url.pathname === '/healthz' || url.pathname === '/metrics') return;
  if (request.mode === 'navigate') {
    event.respondWith(answer(request, PAGE));
  } else if (url.pathname === '/version.json') {
    // Which build this is, and whether all of it is here: known to the list alone.
    event.respondWith(isWhole().then((whole) => Response.json({ version: PRECACHE.version, whole })));
  } else if (LISTED.has(url.pathname)) {
    event.respondWith(answer(request, url.pathname));
  }
});
