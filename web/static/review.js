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

document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#step-"]');
  if (!link) return;
  select(link.hash.slice(1));
  if (!wide.matches) return;
  event.preventDefault();
  history.replaceState(null, "", link.hash);
  if (panel.contains(link)) document.getElementById(link.hash.slice(1)).focus({ preventScroll: true });
});
addEventListener("hashchange", () => select(location.hash.slice(1)));
document.documentElement.classList.add("scripted");
select(location.hash.slice(1));
