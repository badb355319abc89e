// A question being answered: every change goes to the outbox, every reply is echoed beside its box.  Nothing typed is ever changed.
import { Outbox } from "./outbox.js";
import { enter } from "./entering.js";

const TYPING = 300;
const PATIENCE = 1500;

const form = document.getElementById("answers");
const news = document.getElementById("news");
const status = document.getElementById("saved");
const { attempt, question } = form.dataset;
const piece = (name) => document.getElementById(name).content.cloneNode(true);

// A box is all controls of one part, and what its last reply said.
class Box {
  constructor(part, fields) {
    this.part = part;
    this.fields = fields;
    this.line = fields[0].closest(".line");
    this.echo = document.getElementById(`${part}-echo`);
    this.why = document.getElementById(`${part}-why`);
    this.version = form.elements[`version:${part}`];
    this.state = this.text.trim() === "" ? "empty" : this.echo?.parentElement.matches(".unread") ? "unreadable" : "filled";
  }

  get ticked() {
    return ["radio", "checkbox"].includes(this.fields[0].type);
  }

  get text() {
    return this.ticked ? this.fields.filter((field) => field.checked).map((field) => field.value).join(", ") : this.fields[0].value;
  }

  set text(text) {
    if (this.ticked) for (const field of this.fields) field.checked = text.split(", ").includes(field.value);
    else this.fields[0].value = text;
  }

  get focused() {
    return this.fields.includes(document.activeElement);
  }

  // Shows how the text was read; that it cannot be read is said only once the student has stopped.
  say(reply = this.reply, stopped = !this.focused) {
    this.reply = reply;
    if (this.held) return;
    const problem = stopped && reply?.problem?.[document.documentElement.lang];
    this.why.replaceChildren(...(problem ? [problem, piece("kept")] : []));
    this.why.hidden = !problem;
    this.flag(problem);
    if (!this.echo) return;
    this.echo.parentElement.classList.toggle("unread", Boolean(problem));
    this.echo.replaceChildren();
    if (problem) this.echo.append(piece("unread"));
    else if (reply?.read_as) {
      this.echo.append(piece("read"));
      this.echo.querySelector(".n").textContent = reply.read_as.replaceAll("-", "\u2212");
    }
  }

  // Tells screen readers too that the box needs another look; what is wrong stands in the line that describes it.
  flag(wrong) {
    if (this.ticked) return;
    if (wrong) this.fields[0].setAttribute("aria-invalid", "true");
    else this.fields[0].removeAttribute("aria-invalid");
  }

  // Shows what the student has to decide of a text that is not saved, and keeps it on the page until then.
  hold(entry) {
    const conflict = entry.held.error === "conflict";
    this.held = entry;
    this.why.replaceChildren(piece(conflict ? "conflict" : entry.held.error.startsWith("too_") ? "too-long" : "refused"));
    this.why.hidden = false;
    this.flag(true);
    if (conflict) this.choose(entry);
    news.textContent = this.why.textContent;
  }

  choose(entry) {
    const [mine, other] = this.why.querySelectorAll("button");
    this.version.value = entry.base;
    this.choosing = mine.querySelector("code");
    this.choosing.textContent = this.text || "–";
    other.querySelector("code").textContent = entry.held.theirs || "–";
    for (const button of [mine, other]) {
      button.addEventListener("click", () => {
        if (button === other) this.text = entry.held.theirs;
        this.release();
        outbox.settle(entry, button === mine);
        this.focus();
        show(...last);
      });
    }
  }

  // A verdict is of the text that was checked, not of what is typed since.
  uncheck(page = null) {
    for (const id of [`${this.part}-checked`, `${this.part}-said`]) {
      const line = document.getElementById(id);
      if (!line) continue;
      line.replaceChildren(...(page?.getElementById(id).childNodes ?? []));
      line.hidden = !line.hasChildNodes();
      line.dispatchEvent(new Event("typeset", { bubbles: true }));
    }
  }

  release() {
    this.held = this.choosing = null;
    this.say(null);
  }

  focus() {
    (this.choosing?.closest("button") ?? this.fields.find((field) => field.checked) ?? this.fields[0]).focus();
  }

  changed() {
    clearTimeout(this.patience);
    if (this.choosing) this.choosing.textContent = this.text || "–";
    this.uncheck();
    if (this.reply?.problem || this.echo?.parentElement.matches(".unread")) this.say(null);
    outbox.put(question, this.part, this.text, Number(this.version.value), this.echo ? TYPING : 0);
    this.patience = setTimeout(() => this.say(this.reply, true), PATIENCE);
  }
}

const boxes = new Map();
for (const field of form.querySelectorAll('[name^="answer:"]:not([type=hidden])')) {
  const part = field.name.slice("answer:".length);
  if (boxes.has(part)) boxes.get(part).fields.push(field);
  else boxes.set(part, new Box(part, [field]));
}
const boxOf = (field) => boxes.get(field.name?.slice("answer:".length));
const filled = () => [...boxes.values()].filter((box) => box.state === "filled").length;
const elsewhere = status.dataset.filled - filled();

let last = [status.querySelector(":not([hidden])").dataset.state];

// What waits for the student stands before what is saved; that nothing can be saved stands before everything.
function show(state, time) {
  if (["none", "saved", "saving"].includes(state)) {
    if (state !== "saving") last = [state, time];
    if (outbox.held.length) state = "held";
  }
  for (const line of status.children) line.hidden = line.dataset.state !== state;
  const line = status.querySelector(`[data-state="${state}"]`);
  const count = line.querySelector("[data-count]");
  if (count) count.textContent = `${elsewhere + filled()}/${status.dataset.total}`;
  if (time) line.querySelector("[data-time]")?.replaceChildren(clock(time, state === "saved"));
  if (state === "held") pointTo(line.querySelector("a"), waiting()[0]);
  if (state !== "saved" && state !== "saving" && news.dataset.state !== state) news.textContent = line.textContent;
  news.dataset.state = state;
}

// What waits for the student, that of this page first.
const waiting = () => outbox.held.toSorted((a, b) => (b.question === question) - (a.question === question));

function pointTo(link, entry) {
  const other = form.querySelector(`.map [data-question="${entry.question}"]`);
  link.textContent = other?.value;
  link.href = `/attempts/${attempt}/questions/${other?.value}`;
  link.onclick = (event) => {
    if (entry.question !== question) return;
    event.preventDefault();
    boxes.get(entry.part)?.focus();
  };
}

function clock(time, seconds) {
  const element = document.createElement("time");
  element.dateTime = time.toISOString();
  element.textContent = time.toTimeString().slice(0, seconds ? 8 : 5);
  return element;
}

const squares = form.querySelectorAll('.map [aria-current] i');

const outbox = new Outbox(attempt, {
  saved(entry, text, reply) {
    const box = entry.question === question && boxes.get(entry.part);
    if (box && reply.version < box.version.value) {
      if (box.text === text) box.text = box.rendered;
      return;
    }
    if (box) {
      box.version.value = reply.version;
      if (box.held === entry) box.release();
      box.state = text.trim() === "" ? "empty" : reply.problem ? "unreadable" : "filled";
      squares[[...boxes.keys()].indexOf(entry.part)].className = box.state;
      if (box.text === text) box.say(reply);
    }
    show("saved", new Date(reply.saved_at));
    document.dispatchEvent(new Event("saved"));
  },
  held(entry) {
    if (entry.question === question) boxes.get(entry.part)?.hold(entry);
    show(...last);
  },
  back() {
    show(...last);
  },
  state(state, since) {
    show(state, since);
    if (state === "submitted" || state === "time_is_up") for (const box of boxes.values()) for (const field of box.fields) field.readOnly = true;
    if (state === "offline") for (const { part } of outbox.waiting(question)) boxes.get(part)?.say(null);
  },
});

form.addEventListener("input", (event) => {
  if (!event.isComposing) boxOf(event.target)?.changed();
});
form.addEventListener("compositionend", (event) => boxOf(event.target)?.changed());
form.addEventListener("focusout", (event) => {
  const box = boxOf(event.target);
  if (!box) return;
  for (const entry of outbox.waiting(question)) if (entry.part === box.part) outbox.send(entry);
  if (box.reply) box.say(box.reply, true);
});

// Leaving the page waits until everything typed is saved and nothing waits for the student; without a connection the page stays,
// and with it the work.  Another language is another matter: what waits is asked again in it.
let ready = false;
form.addEventListener("submit", async (event) => {
  if (ready) return;
  event.preventDefault();
  if (!(outbox.empty ? await outbox.reach() : await outbox.flush())) return;
  const here = outbox.held.filter((entry) => entry.question === question);
  const { name, value } = event.submitter ?? {};
  if (name === "lang") for (const { part } of here) for (const field of boxes.get(part)?.fields ?? []) field.disabled = true;
  else if (here.length || (value === "submit" && outbox.held.length)) return insist(here[0]);
  if (value === "check" && (await check())) return;
  ready = true;
  form.requestSubmit(event.submitter);
});

// The verdicts of this question, brought from the page that shows them, and put where the answers stand.
async function check() {
  try {
    const response = await fetch(`${form.getAttribute("action")}?checked=yes`, { cache: "no-store", redirect: "error" });
    if (!response.ok) return false;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const box of boxes.values()) box.uncheck(page);
  } catch {
    return false;
  }
  const told = [...form.querySelectorAll(".checked:not([hidden]) .verdict")].map((line) => line.textContent.trim());
  news.textContent = "";
  news.textContent = told.join("; ");
  return true;
}

// Says again what waits, and goes there.
function insist(entry) {
  show(...last);
  const box = entry && boxes.get(entry.part);
  if (box) box.focus();
  else status.querySelector('[data-state="held"] a').focus();
  news.textContent = "";
  news.textContent = (box?.why ?? status.querySelector('[data-state="held"]')).textContent;
}

// The letters of things to be put in order are typed, or pressed one after the other.
form.addEventListener("click", ({ target }) => {
  const { put, into } = target.closest("[data-put]")?.dataset ?? {};
  if (!put) return;
  const [field] = boxes.get(into).fields;
  field.value = `${field.value.trim()} ${put}`.trim();
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
});
addEventListener("pageshow", (event) => event.persisted && location.reload());

// A page that was kept for a time without a line may be older than what was saved since.
for (const [part, box] of boxes) {
  const known = outbox.known(question, part);
  if (known && known.version > Number(box.version.value)) {
    box.version.value = known.version;
    box.text = known.text;
    box.state = known.text.trim() === "" ? "empty" : "filled";
  }
}

for (const time of status.querySelectorAll("time")) time.replaceWith(clock(new Date(time.dateTime), true));
for (const entry of outbox.waiting(question)) {
  const box = boxes.get(entry.part);
  if (!box || box.text === entry.text) outbox.drop(entry);
  else {
    box.rendered = box.text;
    box.text = entry.text;
    box.say(null);
    if (entry.held?.error === "conflict") {
      entry.base = Number(box.version.value);
      outbox.hold(entry, { error: "conflict", theirs: box.rendered });
    } else if (entry.held) box.hold(entry);
  }
}
if (outbox.held.length) show(...last);
outbox.flush();
document.addEventListener("time-is-up", () => outbox.flush());
document.addEventListener("leaving", ({ detail }) => detail.push(outbox.flush()));
document.documentElement.classList.add("scripted");
enter(form, (count) => {
  news.textContent = document.getElementById("pasted").content.textContent.replace("{n}", count);
});
form.querySelector(".map [aria-current]").scrollIntoView({ block: "nearest", inline: "center" });

// Without a line a reload shows what was kept; a browser or a connection that forbids it simply needs the line.
navigator.serviceWorker?.register("/worker.js").then(keep).catch(() => null);

// The first page was there before its keeper.
async function keep() {
  if (navigator.serviceWorker.controller) return;
  await navigator.serviceWorker.ready;
  const pieces = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.startsWith(`${location.origin}/static/`));
  await (await caches.open("gradus-attempts")).addAll([location.pathname, ...new Set(pieces)]);
}
