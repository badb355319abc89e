// A paused attempt asks every few seconds whether its clock goes on, and then shows the question again.
const { attempt } = document.querySelector("[data-attempt]").dataset;

async function ask() {
  try {
    const response = await fetch(`/api/v1/attempts/${encodeURIComponent(attempt)}/clock`, { cache: "no-store" });
    const clock = await response.json();
    if (response.ok && (!clock.paused || clock.state !== "open")) location.reload();
  } catch {
    // Without a line there is nothing to see: it asks again.
  }
}

setInterval(ask, 4000);
document.addEventListener("visibilitychange", () => document.hidden || ask());
