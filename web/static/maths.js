// Renders every formula on the page: an element of class tex holds its source, which is what stands there without scripts.
import "./katex/katex.min.js";

function render(tex, element, displayMode) {
  globalThis.katex.render(tex, element, { displayMode, output: "htmlAndMathml", throwOnError: false, trust: false });
}

const whole = (tex) => tex.split("{").length === tex.split("}").length && tex.split("\\begin").length === tex.split("\\end").length;

// Formulas that stand side by side in a display go on to the next line one by one, none broken in the middle.
function display(element, source) {
  const pieces = source.split(/\\q?quad(?![a-z])/);
  element.replaceChildren();
  for (const tex of pieces.every(whole) ? pieces : [source]) {
    const piece = document.createElement("span");
    piece.className = "piece";
    element.append(piece);
    render(tex, piece, true);
  }
}

// KaTeX lets a line end after a relation; a line that goes on should rather begin with it, as "= 3" does.
function carryOver(element) {
  const pieces = [...element.querySelectorAll(".katex-html > .katex-base")];
  for (const [i, piece] of pieces.slice(0, -1).entries()) {
    const nodes = [...piece.children];
    const at = nodes.findLastIndex((node) => node.matches(".mrel"));
    if (at < 1 || nodes.slice(at + 1).some((node) => !node.matches(".mspace"))) continue;
    pieces[i + 1].querySelector(":scope > .katex-strut").after(...nodes.slice(at));
  }
}

// What stands beside a formula without a space, a comma or a bracket say, never goes to another line.
function hold(element) {
  const pieces = [...element.querySelectorAll(".katex-base")];
  if (!pieces.length) return;
  const beside = (node, sign) => (node?.nodeType === Node.TEXT_NODE ? (sign.exec(node.data)?.[0] ?? "") : "");
  const after = beside(element.nextSibling, /^[,.;:?!)]+/);
  const before = beside(element.previousSibling, /[(]+$/);
  if (after) element.nextSibling.deleteData(0, after.length);
  if (before) element.previousSibling.deleteData(element.previousSibling.length - before.length, before.length);
  pieces.at(-1).append(after);
  pieces[0].prepend(before);
}

function typeset(root) {
  for (const element of root.querySelectorAll(".tex:not(:has(.katex))")) {
    const source = element.textContent;
    if (element.classList.contains("display")) display(element, source);
    else render((element.closest(".work, label") ? "\\displaystyle " : "") + source, element, false);
    carryOver(element);
    hold(element);
  }
}

// A short formula within a text is never broken; a long one may be.
function keepWhole() {
  for (const element of document.querySelectorAll(".prose .tex:not(.display)")) {
    const html = element.querySelector(".katex-html");
    const width = [...(html?.children ?? [])].reduce((sum, piece) => sum + piece.getBoundingClientRect().width, 0);
    const place = element.closest("p, li, td, th, div").clientWidth;
    if (html) html.style.whiteSpace = width < 0.6 * place ? "nowrap" : "";
  }
}

// A formula that is wider than its place scrolls, and then the keyboard must reach it.
function fit() {
  keepWhole();
  for (const element of document.querySelectorAll(".piece, .work")) {
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
    else element.removeAttribute("tabindex");
  }
}

typeset(document);
addEventListener("resize", fit);
document.addEventListener("typeset", (event) => (typeset(event.target), fit()));
document.fonts.ready.then(fit);
