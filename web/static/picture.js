// Puts the SVG of a picture into the page itself, so that the page's fonts and colours reach it; saved answers draw it anew.
const narrow = matchMedia("(max-width: 760px)");

async function inline(picture, source, alt) {
  const address = new URL(source, location);
  if (narrow.matches) address.searchParams.set("narrow", "true");
  const reply = await fetch(address).catch(() => null);
  if (!reply?.ok) return picture;
  const text = (await reply.text()).replace(/<style>.*?<\/style>/gs, "");
  const svg = document.adoptNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement);
  if (svg.localName !== "svg") return picture;
  svg.setAttribute("class", "picture");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", alt ?? svg.querySelector("desc").textContent);
  for (const part of svg.querySelectorAll("title, desc")) part.remove();
  picture.replaceWith(svg);
  return svg;
}

for (const image of document.querySelectorAll("img.picture")) {
  let picture = await inline(image, image.src, image.alt);
  if (!document.querySelector(".answers .box")) continue;
  let soon = 0;
  document.addEventListener("saved", () => {
    clearTimeout(soon);
    soon = setTimeout(async () => (picture = await inline(picture, `${image.src.split("?")[0]}?at=${Date.now()}`)), 500);
  });
}
