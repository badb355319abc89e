// What was typed and is not yet acknowledged: kept on this device, one request per part at a time, the newest text wins.
const WAITS = [1, 2, 4, 8, 15];
const SLOW = 600;
const LONGEST_KEPT_ALIVE = 9000;
const shelf = storage();

// This device's storage; where it is forbidden, the page alone holds what is unsent.
function storage() {
  try {
    return localStorage;
  } catch {
    return {};
  }
}

function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export class Outbox {
  #entries = new Map();
  #failures = 0;
  #since = null;
  #retry = 0;
  #leaving = false;

  // `told` has saved(entry, text, reply), held(entry), state(name, since) and back().
  constructor(attempt, told) {
    this.prefix = `gradus/${attempt}/`;
    this.url = `/api/v1/attempts/${encodeURIComponent(attempt)}/answers`;
    this.told = told;
    for (const key of Object.keys(shelf).filter((name) => name.startsWith(this.prefix))) {
      this.#entries.set(key, { key, tried: [], ...JSON.parse(shelf[key]) });
    }
    addEventListener("online", () => this.flush());
    addEventListener("visibilitychange", () => this.flush());
    addEventListener("beforeunload", () => (this.#leaving = true));
  }

  // Whether everything has been acknowledged, but for what waits for the student.
  get empty() {
    return [...this.#entries.values()].every((entry) => entry.held);
  }

  // What is not sent before the student decides: two texts of one answer, or one that was refused.
  get held() {
    return [...this.#entries.values()].filter((entry) => entry.held);
  }

  waiting(question) {
    return [...this.#entries.values()].filter((entry) => entry.question === question);
  }

  put(question, part, text, base, delay) {
    const key = `${this.prefix}${question}/${part}`;
    const entry = this.#entries.get(key) ?? { key, question, part, base, tried: [] };
    Object.assign(entry, { text, id: uuid() });
    if (entry.held?.error !== "conflict") entry.held = null;
    this.#leaving = false;
    this.#entries.set(key, entry);
    this.#keep(entry);
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => this.send(entry), delay);
  }

  // The student chose between two texts: theirs is the server's already, mine is sent on top of it.
  settle(entry, mine) {
    entry.held = null;
    if (mine) this.put(entry.question, entry.part, entry.text, entry.base, 0);
    else this.drop(entry);
  }

  // What is acknowledged while the page is left stays on the shelf: the next page may have been made before, and then shows it
  // from there.  What another tab has put there is not ours to take away.
  drop(entry) {
    clearTimeout(entry.timer);
    this.#entries.delete(entry.key);
    if (!this.#leaving && (!shelf[entry.key] || JSON.parse(shelf[entry.key]).id === entry.id)) delete shelf[entry.key];
  }

  // The student decides between this text and one that was saved elsewhere, or shortens it.
  hold(entry, held) {
    entry.held = held;
    this.#keep(entry);
    this.told.held(entry);
  }

  // Whether everything has been acknowledged.
  async flush() {
    await Promise.all([...this.#entries.values()].map((entry) => this.send(entry)));
    return this.empty;
  }

  // Whether the server answers; a page left without it could not come back.
  async reach() {
    try {
      await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(5000) });
    } catch {
      this.#away("offline");
      return false;
    }
    if (this.#since) this.told.back();
    this.#failures = 0;
    this.#since = null;
    return true;
  }

  send(entry) {
    clearTimeout(entry.timer);
    entry.sending ??= this.#send(entry).finally(() => (entry.sending = null));
    return entry.sending;
  }

  #keep({ key, question, part, text, id, base, held }) {
    try {
      shelf[key] = JSON.stringify({ question, part, text, id, base, held });
    } catch {
      // The storage is full: the page itself still holds the text and keeps sending it.
    }
  }

  async #send(entry) {
    while (this.#entries.get(entry.key) === entry && !entry.held) {
      const { text, id } = entry;
      const slow = setTimeout(() => this.#since === null && this.told.state("saving"), SLOW);
      let status, reply;
      try {
        const response = await fetch(`${this.url}/${encodeURIComponent(entry.question)}/${encodeURIComponent(entry.part)}`, {
          method: "PUT",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ text, id, base_version: entry.base }),
          keepalive: text.length < LONGEST_KEPT_ALIVE,
          signal: AbortSignal.timeout(15_000),
        });
        status = response.status;
        reply = await response.json();
      } catch {
        status = 0;
      }
      clearTimeout(slow);
      if (status === 200) this.#acknowledged(entry, text, id, reply);
      else if (status === 409 && reply.error === "conflict") this.#conflict(entry, reply);
      else if (status === 409) return this.#closed(entry, reply.error);
      else if (status === 0 || status === 401 || status === 408 || status === 429 || status >= 500) return this.#later(entry, text, status);
      else if (entry.id === id) this.hold(entry, { error: reply.error });
    }
  }

  #acknowledged(entry, text, id, reply) {
    document.dispatchEvent(new CustomEvent("clock", { detail: reply }));
    this.#know(entry.question, entry.part, text, reply.version);
    this.#failures = 0;
    this.#since = null;
    Object.assign(entry, { base: reply.version, tried: [] });
    if (entry.id === id) this.drop(entry);
    else this.#keep(entry);
    this.told.saved(entry, text, reply);
  }

  // A text of ours whose acknowledgement was lost is no conflict; what somebody else wrote is.
  #conflict(entry, { theirs, version }) {
    const ours = theirs === entry.text || entry.tried.includes(theirs);
    Object.assign(entry, { base: version, id: uuid() });
    if (ours) this.#keep(entry);
    else this.hold(entry, { error: "conflict", theirs });
  }

  // What came too late is in the record of the attempt; what another page had handed in before says so.
  #closed(entry, error) {
    this.drop(entry);
    this.told.state(error === "time_is_up" ? error : "submitted");
  }

  // The last acknowledged text of a part: a page that was kept for a time without a line may be older than it.
  #know(question, part, text, version) {
    try {
      shelf[`gradus-known/${this.prefix}${question}/${part}`] = JSON.stringify({ text, version });
    } catch {
      // The storage is full: then a reload needs the line.
    }
  }

  known(question, part) {
    const kept = shelf[`gradus-known/${this.prefix}${question}/${part}`];
    return kept ? JSON.parse(kept) : null;
  }

  #later(entry, text, status) {
    entry.tried.push(text);
    this.#away(status === 401 ? "out" : "offline");
  }

  #away(state) {
    this.#since ??= new Date();
    this.told.state(state, this.#since);
    clearTimeout(this.#retry);
    const again = () => (this.empty ? this.reach() : this.flush());
    this.#retry = setTimeout(again, 1000 * WAITS[Math.min(this.#failures++, WAITS.length - 1)]);
  }
}
