// Signing in again without leaving the page: the queue flows as soon as the session is there.
const link = document.querySelector('#saved [data-state="out"] a');
const dialog = document.getElementById("again").content.firstElementChild.cloneNode(true);
document.body.append(dialog);
const form = dialog.querySelector("form");
const why = form.querySelector(".why");
let writing = null;

// Signed in again, the student goes on in the box where they were.
document.getElementById("answers").addEventListener("focusin", ({ target }) => {
  if (target.name?.startsWith("answer:")) writing = target;
});
dialog.addEventListener("close", () => writing?.focus());

link.addEventListener("click", (event) => {
  event.preventDefault();
  dialog.showModal();
  form.elements.password.focus();
});
form.querySelector('[value="cancel"]').addEventListener("click", () => dialog.close());
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  why.hidden = true;
  const fields = new URLSearchParams({ name: form.elements.name.value, password: form.elements.password.value, next: "/healthz" });
  try {
    const response = await fetch("/sign-in", { method: "POST", body: fields });
    why.hidden = response.ok;
    if (!response.ok) return form.elements.password.focus();
  } catch {
    return; // Without a line nobody signs in; the line below the question says so.
  }
  form.elements.password.value = "";
  dialog.close();
  dispatchEvent(new Event("online"));
});
