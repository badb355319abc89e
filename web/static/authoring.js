// The editor of a question follows what is typed: what students see, twenty variants, the check, and the draft that is saved by itself.
const form = document.getElementById("editor");
const source = document.getElementById("source");
const saved = document.getElementById("saved");
const say = Object.fromEntries([...document.getElementById("say").content.children].map((p) => [p.dataset.for, p.textContent]));
const field = (name) => form.elements[name];
const LOOK = 300, MANY = 900, SAVE = 1500, CHECK = 2500, AGAIN = 4000; // milliseconds after the last key

// A piece of the page for the text as it stands; an older request is given up.
const asked = {};
async function refresh(piece, more = {}) {
  asked[piece]?.abort();
  const mine = (asked[piece] = new AbortController());
  const body = new URLSearchParams({ ...more, source: source.value, seed: field("seed").value, piece });
  try {
    const reply = await fetch("/teach/preview-question", { method: "POST", body, signal: mine.signal });
    if (!reply.ok) return;
    const html = await reply.text();
    const place = document.getElementById(piece);
    const open = place.querySelector("details")?.open;
    place.innerHTML = html; // our own page's HTML, escaped by the server
    if (open && place.querySelector("details")) place.querySelector("details").open = true;
    place.dispatchEvent(new Event("typeset", { bubbles: true }));
    if (piece === "look") mark();
  } catch (problem) {
    if (problem.name !== "AbortError") return;
  }
}

const later = {};
function soon(name, delay, act) {
  clearTimeout(later[name]);
  later[name] = setTimeout(act, delay);
}

// Saving: the text as typed, over the revision it was made from and no other.
let kept = source.value, stopped = document.querySelector(".problems .changes") !== null, saving = null;
async function save() {
  if (stopped || saving || source.value === kept) return;
  const text = source.value;
  const told = setTimeout(() => (saved.textContent = say.saving), 600);
  const body = JSON.stringify({ source: text, revision: Number(field("revision").value), version: Number(field("version").value) });
  try {
    saving = fetch(`/api/v1/questions/${form.dataset.id}`, { method: "PUT", headers: { "Content-Type": "application/json" }, body });
    const reply = await saving;
    const document = await reply.json();
    if (reply.status === 409) {
      stopped = true;
      saved.textContent = say.changed;
      saved.classList.add("warn");
    } else if (reply.ok) {
      kept = text;
      field("revision").value = document.revision;
      saved.textContent = `${say.saved} ${new Date(document.saved_at).toLocaleTimeString()}`;
    } else saved.textContent = document.detail;
  } catch {
    saved.textContent = say.offline;
    soon("save", AGAIN, save);
  } finally {
    clearTimeout(told);
    saving = null;
    if (source.value !== kept && !stopped) soon("save", SAVE, save);
  }
}

source.addEventListener("input", () => {
  if (!stopped) saved.textContent = say.typing;
  soon("look", LOOK, () => refresh("look"));
  soon("many", MANY, () => refresh("many"));
  soon("check", CHECK, () => refresh("check"));
  soon("save", SAVE, save);
  number();
});
addEventListener("beforeunload", (event) => {
  if (source.value !== kept && !leaving) event.preventDefault();
});
let leaving = false;

// Buttons that only look do it in place; saving and publishing by button go to the server, which says all there is to say.
form.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (button?.name === "to") {
    event.preventDefault();
    field("seed").value = button.value;
    await refresh("look");
    for (const row of document.querySelectorAll(".variants tbody tr")) row.toggleAttribute("aria-current", row.querySelector("button").value === button.value);
  } else if (["look", "try"].includes(button?.value)) {
    event.preventDefault();
    await refresh("look", Object.fromEntries([...answers()]));
  } else if (button?.value === "check") {
    event.preventDefault();
    await refresh("check");
  } else leaving = true;
});

function* answers() {
  const all = new FormData(form);
  for (const name of new Set(all.keys())) if (name.startsWith("answer:")) yield [name, all.getAll(name).filter(Boolean).join(", ")];
}

// Lines are numbered beside the text, and a problem leads to its line.
const gutter = document.createElement("pre");
gutter.className = "gutter";
gutter.setAttribute("aria-hidden", "true");
source.before(gutter);
let wrong = new Set();
function number() {
  const lines = source.value.split("\n").length;
  gutter.replaceChildren(...Array.from({ length: lines }, (_, i) => {
    const line = document.createElement("span");
    line.textContent = `${i + 1}\n`;
    if (wrong.has(i + 1)) line.className = "bad";
    return line;
  }));
  gutter.scrollTop = source.scrollTop;
}
function mark() {
  wrong = new Set([...document.querySelectorAll("[data-line]")].map((link) => Number(link.dataset.line)));
  number();
}
source.addEventListener("scroll", () => (gutter.scrollTop = source.scrollTop));
document.getElementById("look").addEventListener("click", (event) => {
  const link = event.target.closest("[data-line]");
  if (!link) return;
  event.preventDefault();
  const lines = source.value.split("\n");
  const start = lines.slice(0, link.dataset.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
  source.focus();
  source.setSelectionRange(start + Math.max(0, link.dataset.column - 1), start + (lines[link.dataset.line - 1] ?? "").length);
  source.scrollTop = (link.dataset.line - 5) * parseFloat(getComputedStyle(source).lineHeight);
});

// A new line begins under the one above; Ctrl+S saves.
source.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    save();
  }
  if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || source.readOnly) return;
  const before = source.value.slice(source.value.lastIndexOf("\n", source.selectionStart - 1) + 1, source.selectionStart);
  event.preventDefault();
  source.setRangeText(`\n${/^ */.exec(before)[0]}`, source.selectionStart, source.selectionEnd, "end");
  source.dispatchEvent(new InputEvent("input", { bubbles: true }));
});
mark();
if (!document.querySelector("#check .facts")) soon("check", CHECK, () => refresh("check"));
