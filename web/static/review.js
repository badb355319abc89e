// Selecting a step of a marked answer is instant: the page stays where it is and the cell shows that it is selected.
const wide = matchMedia("(min-width: 1001px)");
const panel = document.querySelector(".solution");

function select(step) {
  const section = step ? document.getElementById(step) : panel.querySelector(".shown");
  if (!section || !panel.contains(section)) return;
  for (const other of panel.querySelectorAll(".shown")) other.classList.remove("shown");
  section.classList.add("shown");
  for (const cell of document.querySelectorAll(".marked td")) {
    const link = cell.querySelector("a");
    const selected = link?.hash === `#${section.id}`;
    cell.classList.toggle("selected", selected);
    if (selected) link.setAttribute("aria-current", "true");
    else link?.removeAttribute("aria-current");
  }
}

// A long solution comes in pieces: the steps of another epoch are fetched from the page that shows them, and put in their place.
async function bring(address) {
  const reply = await fetch(address);
  if (!reply.ok) throw new Error(reply.statusText);
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  for (const section of page.querySelectorAll(".solution section")) {
    if (document.getElementById(section.id)) continue;
    section.classList.remove("shown");
    const next = [...panel.querySelectorAll("section")].find((other) => Number(other.dataset.at) > Number(section.dataset.at));
    panel.insertBefore(document.adoptNode(section), next ?? panel.querySelector(":scope > :not(section)"));
  }
  panel.dispatchEvent(new Event("typeset", { bubbles: true }));
}

async function follow(link) {
  const step = link.hash.slice(1);
  const from = panel.contains(link);
  try {
    if (!document.getElementById(step)) await bring(link.href);
  } catch {
    return location.assign(link.href);
  }
  select(step);
  history.replaceState(null, "", link.hash);
  const section = document.getElementById(step);
  section.tabIndex = -1;
  if (from || !wide.matches) section.focus({ preventScroll: true });
  if (!wide.matches) section.scrollIntoView();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href*="#step-"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  follow(link);
});
addEventListener("hashchange", () => select(location.hash.slice(1)));
document.documentElement.classList.add("scripted");
select(location.hash.slice(1));
