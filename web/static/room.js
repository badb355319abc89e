// The table of the room follows what happens, unless a hand is in it; times of day stand in the reader's zone.
const EVERY = 4000;
const live = document.getElementById("live");

function clocks() {
  for (const element of live.querySelectorAll("time:not(.moment)")) element.textContent = new Date(element.dateTime).toTimeString().slice(0, 8);
}

async function look() {
  if (document.hidden || live.contains(document.activeElement) || live.querySelector("details[open]")) return;
  try {
    const response = await fetch(location.href, { cache: "no-store" });
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("live");
    if (fresh && !live.contains(document.activeElement) && !live.querySelector("details[open]")) {
      live.replaceChildren(...fresh.childNodes);
      clocks();
    }
  } catch {
    // Without a line the table stands as it was.
  }
}

clocks();
setInterval(look, EVERY);
