// Entering numbers is pleasant: arrows and Enter move between boxes, a copied table fills them, phones get a minus and an e.

// The boxes as rows and columns; the epochs of a table stand side by side.
function grid(form) {
  const groups = form.querySelectorAll(".epoch").length ? form.querySelectorAll(".epoch") : [form];
  const rows = [];
  for (const group of groups) {
    [...group.querySelectorAll(".line:not(.choices)")].forEach((line, i) => (rows[i] ??= []).push(...line.querySelectorAll(".box > :is(input:not([type=hidden]), textarea)")));
  }
  return rows;
}

// Copied text as rows of cells, or one cell where it is one number: 0,73 stays whole, [1, 2] and 1⇥2 do not.
export function cells(text) {
  const rows = text.trim().replace(/\]\s*,?\s*\[/g, "\n").replace(/\b(?:np\.|torch\.)?(?:array|tensor)\b|[[\](){}]/g, " ").split(/\r?\n/);
  const comma = /\d\.\d*\s*,|,\s/.test(text) ? /[\s;,]+/ : /[\s;]+/;
  return rows.map((row) => row.trim()).filter(Boolean).map((row) => row.split(row.includes("\t") ? /\s*\t\s*/ : comma).filter((cell) => cell !== ""));
}

// Where pasted cells go: side by side from the focused box, or on in the order of the boxes if that does not fit; null if neither does.
function places(rows, field, pasted) {
  const order = rows.flat().toSorted((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  const top = rows.findIndex((row) => row.includes(field));
  const left = rows[top].indexOf(field);
  const beside = pasted.map((row, i) => row.map((_, j) => rows[top + i]?.[left + j])).flat();
  if (beside.every(Boolean)) return beside;
  const on = order.slice(order.indexOf(field), order.indexOf(field) + pasted.flat().length);
  return on.length === pasted.flat().length ? on : null;
}

function put(field, text) {
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

function go(field) {
  field?.focus();
  field?.select?.();
}

export function enter(form, pasted) {
  const rows = grid(form);
  const all = [...form.querySelectorAll(".box > :is(input:not([type=hidden]), textarea)")];
  if (!all.length) return;

  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!all.includes(field) || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const row = rows.findIndex((line) => line.includes(field));
    const column = rows[row].indexOf(field);
    const lines = field.localName === "textarea" && field.rows > 1;
    const still = field.selectionStart === field.selectionEnd || field.selectionEnd - field.selectionStart === field.value.length;
    const next = {
      ArrowUp: () => !lines && rows[row - 1]?.[column],
      ArrowDown: () => !lines && rows[row + 1]?.[column],
      ArrowLeft: () => still && field.selectionStart === 0 && rows[row][column - 1],
      ArrowRight: () => still && field.selectionEnd === field.value.length && rows[row][column + 1],
      Enter: () => !lines && (all[all.indexOf(field) + 1] ?? form.querySelector(".bar button:last-child")),
    }[event.key]?.();
    if (!next) return;
    event.preventDefault();
    go(next);
  });

  form.addEventListener("paste", (event) => {
    const field = event.target;
    if (field.localName !== "input" || !all.includes(field)) return;
    const found = cells(event.clipboardData.getData("text"));
    const where = found.flat().length > 1 && places(rows, field, found);
    if (!where) return;
    event.preventDefault();
    found.flat().forEach((text, i) => put(where[i], text));
    go(where.at(-1));
    pasted(where.length);
  });

  if (matchMedia("(pointer: coarse)").matches) offerKeys(form);
}

// Number pads of phones lack the minus and the e.
function offerKeys(form) {
  const pad = document.getElementById("pad").content.firstElementChild;
  pad.addEventListener("pointerdown", (event) => event.preventDefault());
  pad.addEventListener("click", (event) => {
    const field = pad.parentElement.querySelector("input");
    const key = event.target.closest("button")?.value;
    if (!key) return;
    field.setRangeText(key, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
  form.addEventListener("focusin", ({ target }) => {
    if (target.inputMode === "decimal") target.parentElement.append(pad);
  });
  form.addEventListener("focusout", () => pad.remove());
}
