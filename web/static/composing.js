// The builder of a paper at once: every step is done by the server and shown in place; cards are also moved with the pointer.
const form = document.getElementById("compose");
const PARTS = ["kept", "sum", "sections", "where-to", "found", "text-box", "does", "news"];
const say = Object.fromEntries([...document.getElementById("say").content.children].map((p) => [p.dataset.for, p.textContent]));
const news = () => document.getElementById("news");
document.documentElement.classList.add("scripted");

let changed = "changed" in form.dataset, leaving = false, asked = null, later = 0;

// One step: the form as it stands goes to the server, and what comes back takes the place of what was there.
async function step(deed, parts = PARTS) {
  asked?.abort();
  const mine = (asked = new AbortController());
  const body = new URLSearchParams(new FormData(form));
  body.set("do", deed);
  body.set("piece", "board");
  try {
    const reply = await fetch(form.action, { method: "POST", body, signal: mine.signal });
    if (!reply.ok) throw new Error(reply.status);
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
    const leads = fresh.querySelector("[autofocus]")?.id; // a reply that leads nowhere leaves the hand where it is
    const open = form.querySelector(".as-text").open;
    for (const part of parts) document.getElementById(part).replaceChildren(...fresh.getElementById(part).childNodes);
    if (open && parts.includes("text-box")) form.querySelector(".as-text").open = true;
    document.getElementById(leads)?.focus();
  } catch (problem) {
    if (problem.name !== "AbortError") news().textContent = say.offline;
  }
}

const QUIET = ["find", "kind", "topic", "into", "pool_topic"]; // looking changes nothing

form.addEventListener("submit", (event) => {
  const deed = event.submitter?.value ?? "look";
  if (deed === "save") return void (leaving = true);
  event.preventDefault();
  if (deed !== "look") changed = true;
  step(deed, deed === "look" ? ["found"] : PARTS);
});

form.addEventListener("input", ({ target }) => {
  clearTimeout(later);
  if (target.name === "find") later = setTimeout(() => step("look", ["found"]), 250);
  else if (!QUIET.includes(target.name)) {
    changed = true;
    news().textContent = say.changed;
  }
});
form.addEventListener("change", ({ target }) => {
  if (["kind", "topic"].includes(target.name)) step("look", ["found"]);
  else if (target.name === "text") step("look");
  else if (!QUIET.includes(target.name)) step("look", ["sum", "text-box"]);
});
addEventListener("beforeunload", (event) => {
  if (changed && !leaving) event.preventDefault();
});
for (const link of document.querySelectorAll(".languages button")) link.addEventListener("click", () => (leaving = !changed));

// Dragging: a card follows the pointer from list to list; its place on the page is its place in the form.
let held = null;
form.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest(".grip");
  if (!grip || event.button !== 0) return;
  event.preventDefault();
  const card = grip.closest(".card");
  held = { card, from: card.closest(".found-list") ? null : card.parentElement, ghost: card, at: event.pointerId };
  if (!held.from) (held.ghost = card.cloneNode(true)).classList.add("mark-here"); // from the bank comes a line, which pushes nothing away
  held.home = held.from && { parent: card.parentElement, next: card.nextElementSibling };
  form.setPointerCapture(event.pointerId);
  held.ghost.classList.add("held");
  form.classList.add("dragging");
});

form.addEventListener("pointermove", (event) => {
  if (!held) return;
  edge(event.clientY);
  const under = document.elementFromPoint(event.clientX, event.clientY);
  const list = pool(under, event.clientY) ?? under?.closest(".cards") ?? under?.closest(".block")?.querySelector(".cards");
  if (!list || held.ghost.contains(list)) return;
  const others = [...list.children].filter((one) => one !== held.ghost);
  const next = others.find((one) => event.clientY < one.getBoundingClientRect().top + one.offsetHeight / 2);
  if (held.ghost.parentElement !== list || held.ghost.nextElementSibling !== (next ?? null)) list.insertBefore(held.ghost, next ?? null);
});

// The questions of a pool, where a question is held beside them; a pool holds no pool.
function pool(under, y) {
  const list = held.card.matches(".pooled") ? null : under?.closest(".pooled")?.querySelector(".members");
  const { top, bottom } = list?.getBoundingClientRect() ?? {};
  return list && y > top - 8 && y < bottom + 8 ? list : null;
}

function edge(y) {
  if (y < 60) scrollBy(0, -12);
  else if (y > innerHeight - 120) scrollBy(0, 12);
}

form.addEventListener("pointerup", () => drop(true));
form.addEventListener("pointercancel", () => drop(false));
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && held) drop(false);
});

function drop(stays) {
  if (!held) return;
  const { ghost, card, from, home } = held;
  held = null;
  form.classList.remove("dragging");
  ghost.classList.remove("held", "mark-here");
  const list = ghost.parentElement;
  if (!stays || !list) return from ? home.parent.insertBefore(ghost, home.next) : ghost.remove();
  if (from === list && card.nextElementSibling === home.next) return;
  if (list.dataset.list !== from?.dataset.list) {
    // In a list of another kind a question is that list's: a card of its own, or one of the pool's.
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: list.dataset.list, value: card.dataset.id });
    ghost.replaceChildren(field);
  }
  changed = true;
  step("dropped");
}
