// Dates and times stand in the reader's own zone.
for (const element of document.querySelectorAll("time.moment")) {
  const at = new Date(element.dateTime);
  const locale = document.documentElement.lang === "vi" ? "vi-VN" : "en-GB";
  element.textContent = at.toLocaleString(locale, { day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit" });
}
