// Dates and times stand in the reader's own zone, with the server's behind it where that is another.
const vi = document.documentElement.lang === "vi";
for (const element of document.querySelectorAll("time.moment")) {
  const at = new Date(element.dateTime);
  const shape = { day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit" };
  const own = at.toLocaleString(vi ? "vi-VN" : "en-GB", shape);
  const elsewhere = -at.getTimezoneOffset() !== Number(element.dataset.offset);
  element.textContent = elsewhere ? `${own} (${vi ? "giờ máy chủ" : "on the server"}: ${element.textContent})` : own;
}
