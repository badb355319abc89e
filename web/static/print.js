// The button that prints, and formulas that are wider than the paper made as small as they need to be.
const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => print());

function fit() {
  for (const line of document.querySelectorAll(".sheets :is(.piece, .work, .prose .tex)")) {
    const whole = line.closest(".body");
    line.style.fontSize = "";
    const over = line.scrollWidth / Math.min(line.clientWidth || Infinity, whole?.clientWidth ?? Infinity);
    if (over > 1.005 && over < Infinity) line.style.fontSize = `${Math.max(0.5, 0.98 / over)}em`;
  }
}

addEventListener("load", () => document.fonts.ready.then(fit));
addEventListener("beforeprint", fit);
