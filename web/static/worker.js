// Keeps the pages of an open attempt for a time without a line: the network first, and what it last gave where it does not answer.
const KEPT = "gradus-attempts";
const PATIENCE = 5000;
const PAGE = /^\/attempts\/[^/]+(\/questions\/\d+)?$/;
const PIECE = /^\/(static\/|attempts\/[^/]+\/pictures\/)/;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && pathname === "/sign-out") event.waitUntil(caches.delete(KEPT));
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && PAGE.test(pathname)) event.respondWith(fresh(event, pathname));
  else if (PIECE.test(pathname)) event.respondWith(fresh(event, request.url));
});

async function fresh(event, key) {
  const cache = await caches.open(KEPT);
  const asked = fetch(event.request).then((response) => {
    if (response.ok && !response.redirected) cache.put(key, response.clone());
    return response;
  });
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  try {
    const first = await Promise.race([asked, late]);
    if (first) return first;
  } catch {
    // No line: what was kept.
  }
  return (await cache.match(key)) ?? asked;
}
