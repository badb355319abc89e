// Switching the language changes the words alone: what was typed stays, one stays at the same place, and the focus on the button.
const KEY = "gradus/language";
const fields = () => [...document.querySelectorAll("main form:not(#answers) :is(input:not([type=hidden], [type=password], [type=file]), select)")];

document.addEventListener("submit", ({ target, submitter }) => {
  if (submitter?.name !== "lang") return;
  if (target.elements.next && location.hash) target.elements.next.value = location.pathname + location.search + location.hash;
  try {
    sessionStorage[KEY] = JSON.stringify(fields().map(({ name, value, checked }) => ({ name, value, checked })));
  } catch {
    // Without storage the page starts anew in the other language.
  }
});

try {
  const kept = JSON.parse(sessionStorage[KEY] ?? "null");
  delete sessionStorage[KEY];
  // Names repeat, of radio buttons say, so fields are told by their places; where those differ, the page is another one.
  if (kept?.map(({ name }) => name).join() === fields().map(({ name }) => name).join())
    for (const [i, field] of fields().entries()) {
      if (["radio", "checkbox"].includes(field.type)) field.checked = kept[i].checked;
      else if (field.tagName !== "SELECT" || [...field.options].some(({ value }) => value === kept[i].value)) field.value = kept[i].value;
    }
  if (kept) document.querySelector(".languages [aria-current]")?.focus();
} catch {
  // As above.
}
