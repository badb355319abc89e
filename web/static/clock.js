// The clock of a sitting: the server's deadline, counted by a clock that nobody can set, corrected with every reply.
const POLL = 3500; // and up to a second more, so that a room of pages does not ask in one breath
const HEARD = 10_000;
const LAST_MINUTES = [30, 10, 5, 1];
const GRACE = 16_000;
const AGAIN = 4_000;

const box = document.getElementById("clock");
const news = document.getElementById("news");
const attempt = box.dataset.attempt;
const words = Object.fromEntries([...document.getElementById("clock-words").content.children].map((p) => [p.dataset.for, p.textContent]));
const hidden = "gradus-clock-hidden";
const announced = `gradus-announced/${attempt}`;
let end = null;
let paused = false;
let over = false;
let leaving = 0;
let asked = 0;
let polling = 0;
let gone = false;

const unsent = () => Object.keys(localStorage).filter((key) => key.startsWith(`gradus/${attempt}/`)).length;

// What the server told: how many seconds are left now.
function told({ seconds_left: left, paused: since, state }) {
  if (state && state !== "open") return leave();
  if (Boolean(since) !== paused && since) return location.reload();
  if (left === null || left === undefined) {
    end = null;
    return show();
  }
  const before = end;
  end = performance.now() + left * 1000;
  if (before !== null && Math.abs(end - before) > 20_000) {
    const minutes = Math.round((end - before) / 60_000);
    if (minutes) say(counted(minutes > 0 ? "more" : "less", Math.abs(minutes)));
    keep(announced, "");
    over = false;
    clearTimeout(leaving);
  }
  show();
}

// A sentence with its number; one minute is a word of its own.
const counted = (name, n) => words[n === 1 ? `${name}-one` : name].replace("{n}", n);

// What this tab remembers between two questions.
function keep(key, value) {
  try {
    sessionStorage[key] = value;
  } catch {
    // It is said again on the next page.
  }
}

function kept(key) {
  try {
    return sessionStorage[key];
  } catch {
    return "";
  }
}

function say(text) {
  news.textContent = "";
  news.textContent = text;
}

function show() {
  box.hidden = end === null;
  if (end === null) return;
  const left = Math.max(0, end - performance.now());
  const seconds = Math.ceil(left / 1000);
  const text = seconds >= 3600 ? `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}` : `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  box.querySelector("output").textContent = text;
  box.classList.toggle("soon", seconds <= 300);
  for (const minutes of LAST_MINUTES) {
    if (seconds <= minutes * 60 && seconds > minutes * 60 - 30 && minutes < (Number(kept(announced)) || Infinity)) {
      keep(announced, minutes);
      say(counted("left", minutes));
    }
  }
  if (left === 0 && !over) {
    over = true;
    say(words.over);
    document.dispatchEvent(new Event("time-is-up"));
    leaving = setTimeout(leave, GRACE);
  }
}

const two = (n) => String(n).padStart(2, "0");

// The attempt is closed: the page of its marks, or of its receipt, says so.  Without a line this page stays, with all that was typed,
// and leads on once it is back; what was not sent in time is sent first, for the teacher to see.
async function leave() {
  clearTimeout(polling);
  gone = true;
  try {
    await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(5000) });
  } catch {
    return setTimeout(leave, AGAIN);
  }
  const sending = [];
  document.dispatchEvent(new CustomEvent("leaving", { detail: sending }));
  await Promise.race([Promise.all(sending), new Promise((resolve) => setTimeout(resolve, AGAIN))]);
  location.href = `/attempts/${attempt}/review`;
}

// Every few seconds, and at once when the page is looked at again; what a save was just told need not be asked, but the invigilator
// hears of the page.
function wait() {
  clearTimeout(polling);
  if (!gone) polling = setTimeout(ask, POLL + 1000 * Math.random());
}

async function ask() {
  clearTimeout(polling);
  asked = performance.now();
  try {
    const query = `unsent=${unsent()}&question=${box.dataset.number}`;
    const response = await fetch(`/api/v1/attempts/${encodeURIComponent(attempt)}/clock?${query}`, { cache: "no-store", signal: AbortSignal.timeout(8000) });
    if (response.ok) told(await response.json());
  } catch {
    // Without a line the clock goes on by itself.
  }
  wait();
}

const toggle = box.querySelector("button");
function veil(on) {
  box.classList.toggle("veiled", on);
  toggle.setAttribute("aria-pressed", on);
  toggle.textContent = on ? words.reveal : words.hide;
}
toggle.addEventListener("click", () => {
  const on = !box.classList.contains("veiled");
  try {
    localStorage[hidden] = on ? "yes" : "";
  } catch {
    // It is hidden until the page is left.
  }
  veil(on);
});
try {
  veil(localStorage[hidden] === "yes");
} catch {
  veil(false);
}

document.addEventListener("clock", ({ detail }) => {
  told(detail);
  if (performance.now() - asked < HEARD) wait();
});
document.addEventListener("visibilitychange", () => document.hidden || ask());
addEventListener("pageshow", ({ persisted }) => persisted && ask());
if (box.dataset.left !== "") told({ seconds_left: Number(box.dataset.left), paused: null });
setInterval(show, 500);
ask();
