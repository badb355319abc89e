// The table of the room follows what happens, trouble first; while a hand is in it every row stays where it is, and only its cells
// change.
const EVERY = 4000;
const live = document.getElementById("live");
const news = document.getElementById("news");

const hand = () => live.matches(":hover") || live.contains(document.activeElement) || live.querySelector("details[open]");

function renew(fresh) {
  const before = document.getElementById("silent").textContent;
  live.querySelector(".sub").replaceWith(fresh.querySelector(".sub"));
  const body = live.querySelector("tbody");
  const rows = [...fresh.querySelectorAll("tbody tr")];
  if (hand()) for (const row of rows) keepPlace(body, row);
  else body.replaceChildren(...rows);
  const after = document.getElementById("silent").textContent;
  if (after !== before) news.textContent = after;
}

// What can be pressed stays under the hand; it is renewed with the row once the hand is gone.
function keepPlace(body, row) {
  const old = body.querySelector(`#${CSS.escape(row.id)}`);
  if (!old) return row.id && body.append(row);
  old.className = row.className;
  for (const [at, cell] of [...row.cells].entries()) {
    if (cell.querySelector("details") && old.cells[at].querySelector("details")) continue;
    old.cells[at].className = cell.className;
    old.cells[at].replaceChildren(...cell.childNodes);
  }
}

async function look() {
  if (document.hidden) return;
  try {
    const response = await fetch(location.href, { cache: "no-store" });
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("live");
    if (fresh) renew(fresh);
  } catch {
    // Without a line the table stands as it was.
  }
}

setInterval(look, EVERY);
