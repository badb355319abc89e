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

// Where whole items belong.
const HOME = { Step: "steps", Loop: "steps", Part: "parts", StoredTest: "tests", Grid: "givens", OneOf: "givens", Probabilities: "givens" };
const spaces = (line) => /^ */.exec(line)[0].length;
const empty = (line) => !line.trim() || line.trim().startsWith("#");

// The last line of what begins on a line: all below it that is indented deeper.
function end(lines, at) {
  let last = at;
  for (let i = at + 1; i < lines.length && (empty(lines[i]) || spaces(lines[i]) > spaces(lines[at])); i++) if (!empty(lines[i])) last = i;
  return last;
}

// A function goes where the cursor is, a field between braces behind its neighbours, an item below the one it follows, a field of the
// question below the whole of the one the cursor is in, any other field on the next line, as deep.
function put(text, kind) {
  source.focus();
  const lines = source.value.split("\n");
  const before = source.value.slice(0, source.selectionStart);
  const at = before.split("\n").length - 1, column = before.length - before.lastIndexOf("\n") - 1;
  if (kind === "function") return type(text);
  if (kind === "Question") {
    let top = at;
    while (top > 0 && (empty(lines[top]) || spaces(lines[top]))) top--;
    return below(lines, end(lines, top), 0, text);
  }
  const item = HOME[kind] && (text.startsWith("- ") || HOME[kind] === "givens");
  if (item) {
    const home = lines.findIndex((line) => line.startsWith(`${HOME[kind]}:`));
    if (home < 0) return below(lines, end(lines, lines.findLastIndex((line) => !empty(line))), 0, `${HOME[kind]}:\n  ${text.replaceAll("\n", "\n  ")}`);
    const inside = at > home && at <= end(lines, home);
    let one = inside ? at : end(lines, home);
    while (one > home + 1 && (empty(lines[one]) || spaces(lines[one]) > spaces(lines[home + 1]))) one--;
    return below(lines, one > home ? end(lines, one) : home, one > home ? spaces(lines[one]) : 2, text);
  }
  const close = lines[at].indexOf("}", column);
  if (!text.includes("\n") && close >= 0 && lines[at].lastIndexOf("{", column) >= 0) return type(`, ${text}`, lines.slice(0, at).join("\n").length + (at > 0) + close);
  below(lines, at, indent(lines[at]) + (/:\s*$/.test(lines[at]) ? 2 : 0), text);
}

function below(lines, at, depth, text) {
  const blank = !lines[at].trim();
  const place = lines.slice(0, at + 1).join("\n").length;
  type((blank ? "" : "\n") + text.split("\n").map((line) => " ".repeat(depth) + line).join("\n"), place - (blank ? lines[at].length : 0), place);
}

// Typed as by hand, so that Ctrl+Z takes it back.
function type(text, from = source.selectionStart, to = Math.max(from, source.selectionEnd)) {
  source.setSelectionRange(from, arguments.length === 2 ? from : to);
  if (document.execCommand("insertText", false, text)) return;
  source.setRangeText(text, source.selectionStart, source.selectionEnd, "end");
  source.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

for (const button of document.querySelectorAll("[data-write]")) {
  button.hidden = false;
  button.addEventListener("click", () => put(button.dataset.write, button.dataset.kind));
}
