// A button that copies a text of the page, without a secure connection too, and says so.
for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    getSelection().selectAllChildren(document.getElementById(button.dataset.copies));
    const copied = document.execCommand("copy");
    button.nextElementSibling.textContent = copied ? button.dataset.done : "";
  });
}
