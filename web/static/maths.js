// Renders every formula on the page: an element's TeX is in data-tex, its source is what stands there without scripts.
import "./katex/katex.min.js";

function render(tex, element, displayMode) {
  globalThis.katex.render(tex, element, { displayMode, output: "htmlAndMathml", throwOnError: false, trust: false });
}

const whole = (tex) => tex.split("{").length === tex.split("}").length && tex.split("\\begin").length === tex.split("\\end").length;

// Formulas that stand side by side in a display go on to the next line one by one, none broken in the middle.
function display(element) {
  const pieces = element.dataset.tex.split(/\\q?quad(?![a-z])/);
  element.replaceChildren();
  for (const tex of pieces.every(whole) ? pieces : [element.dataset.tex]) {
    const piece = document.createElement("span");
    piece.className = "piece";
    element.append(piece);
    render(tex, piece, true);
  }
}

// What follows a formula without a space, a comma say, never stands alone on the next line.
function hold(element) {
  const next = element.nextSibling;
  const [sign] = next?.nodeType === Node.TEXT_NODE ? (/^[,.;:?!)]+/.exec(next.data) ?? []) : [];
  const last = [...element.querySelectorAll(".base")].at(-1);
  if (!sign || !last) return;
  next.deleteData(0, sign.length);
  last.append(sign);
}

for (const element of document.querySelectorAll("[data-tex]")) {
  if (element.classList.contains("display")) display(element);
  else render((element.closest(".work, label") ? "\\displaystyle " : "") + element.dataset.tex, element, false);
  hold(element);
}

// A formula that is wider than its place scrolls, and then the keyboard must reach it.
function reach() {
  // What follows a formula without a space, a comma say, never stands alone on the next line.
function hold(element) {
  const next = element.nextSibling;
  const [sign] = next?.nodeType === Node.TEXT_NODE ? (/^[,.;:?!)]+/.exec(next.data) ?? []) : [];
  const last = [...element.querySelectorAll(".base")].at(-1);
  if (!sign || !last) return;
  next.deleteData(0, sign.length);
  last.append(sign);
}

for (const element of document.querySelectorAll(".piece, .work")) {
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
    else element.removeAttribute("tabindex");
  }
}
addEventListener("resize", reach);
document.fonts.ready.then(reach);
