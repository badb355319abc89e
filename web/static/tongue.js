// Switching the language changes the words alone: what was typed stays, one stays at the same place, and the focus on the button.
const KEY = "gradus/language";
const fields = () => document.querySelectorAll("main form:not(#answers) input:not([type=hidden], [type=password])");

document.addEventListener("submit", ({ target, submitter }) => {
  if (submitter?.name !== "lang") return;
  if (target.elements.next && location.hash) target.elements.next.value = location.pathname + location.search + location.hash;
  try {
    sessionStorage[KEY] = JSON.stringify(Object.fromEntries([...fields()].map((field) => [field.name, field.value])));
  } catch {
    // Without storage the page starts anew in the other language.
  }
});

try {
  const kept = JSON.parse(sessionStorage[KEY] ?? "null");
  delete sessionStorage[KEY];
  if (kept) {
    for (const field of fields()) field.value = kept[field.name] ?? field.value;
    document.querySelector(".languages [aria-current]")?.focus();
  }
} catch {
  // As above.
}
