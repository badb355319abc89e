// Help beside the text of a question: what the field at the cursor is for, and examples put in where they belong.
const source = document.getElementById("source");
const here = document.getElementById("here");
const says = Object.fromEntries([...document.querySelectorAll("[data-says]")].map((one) => [one.dataset.says, one.textContent]));
const KEY = /(?:^|[\s{,-])([A-Za-z_]\w*)\s*:(?=\s|$)/g;
// What stands inside a field; of several the first that knows the key.
const INSIDE = {
  steps: ["Step", "Loop"], mistakes: ["Slip"], parts: ["Part"], givens: ["Grid", "OneOf", "Probabilities"], options: ["Printed"],
  pairs: ["Pair"], rubric: ["Criterion"], tests: ["StoredTest"], training: ["Training"],
  ...Object.fromEntries(["title", "prompt", "task", "correction", "explanation", "label", "advice", "text", "why", "items"].map((name) => [name, ["Words"]])),
};
const indent = (line) => /^[ -]*/.exec(line)[0].length;
const keysOf = (line) => [...line.matchAll(KEY)].map((match) => match[1]);

// The keys from the outermost to the one at the cursor.
function path(lines, at, column) {
  const rest = /^\w*\s*:?/.exec(lines[at].slice(column))[0].length;
  const found = keysOf(lines[at].slice(0, column + rest) + " ");
  if (!found.length && !lines[at].trim()) return [];
  let deep = indent(lines[at]);
  for (let above = at - 1; above >= 0 && deep > 0; above--) {
    const line = lines[above];
    const less = /^ */.exec(line)[0].length;
    if (!line.trim() || line.trim().startsWith("#") || less >= deep) continue;
    const [key] = keysOf(line);
    if (/:\s*[|>]?-?\s*(#.*)?$/.test(line) && key) found.unshift(key);
    deep = less;
  }
  return found;
}

function look() {
  const before = source.value.slice(0, source.selectionStart);
  const keys = path(source.value.split("\n"), before.split("\n").length - 1, before.length - before.lastIndexOf("\n") - 1);
  let told = "";
  for (let last = keys.length; last > 0 && !told; last--) {
    const key = keys[last - 1];
    const within = keys.slice(0, last - 1).reverse().find((name) => name in INSIDE);
    const kind = (within ? INSIDE[within] : ["Question"]).find((name) => `${name}.${key}` in says);
    if (kind) told = `${key}: ${says[`${kind}.${key}`]}`;
  }
  if (here.textContent !== told) here.textContent = told;
}
document.addEventListener("selectionchange", () => document.activeElement === source && look());
source.addEventListener("focus", look);

// A function goes where the cursor is; a field of the question behind the field one is in; any other on a line below, as deep.
function put(text, kind) {
  source.focus();
  if (kind === "function") return type(text);
  const lines = source.value.split("\n");
  let at = source.value.slice(0, source.selectionStart).split("\n").length - 1;
  let depth = indent(lines[at]);
  if (kind === "Question") {
    while (at + 1 < lines.length && (/^[ \t]/.test(lines[at + 1]) || !lines[at + 1].trim())) at++;
    while (at > 0 && !lines[at].trim()) at--;
    depth = 0;
  } else if (/:\s*$/.test(lines[at])) depth += 2;
  else if (text.startsWith("- ")) depth = /^ */.exec(lines[at])[0].length;
  const blank = !lines[at].trim();
  const end = lines.slice(0, at + 1).join("\n").length;
  source.setSelectionRange(blank ? end - lines[at].length : end, end);
  type((blank ? "" : "\n") + text.split("\n").map((line) => " ".repeat(depth) + line).join("\n"));
}

// Typed as by hand, so that Ctrl+Z takes it back.
function type(text) {
  if (document.execCommand("insertText", false, text)) return;
  source.setRangeText(text, source.selectionStart, source.selectionEnd, "end");
  source.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

for (const button of document.querySelectorAll("[data-write]")) {
  button.hidden = false;
  button.addEventListener("click", () => put(button.dataset.write, button.dataset.kind));
}
