#!/bin/sh
# Makes every vendored front-end file of Gradus into the folder $1.
# Needs: npm, python3 (3.10+) with venv, network access to the two package registries as they are
# configured. Packages are fetched by name and version only. Running it twice gives the same bytes.
#
#   sh vendor.sh FOLDER     (katex/, fonts/, axe/ and VENDORED.md in FOLDER are replaced)
set -eu
umask 022
export LC_ALL=C

KATEX=0.19.1
AXE=4.14.1
SERIF=5.3.1     # @fontsource-variable/source-serif-4
SANS=5.3.0      # @fontsource/be-vietnam-pro
MONO=5.3.0      # @fontsource-variable/jetbrains-mono
FONTTOOLS=4.68.0
BROTLI=1.2.1

[ $# -eq 1 ] || { echo "usage: sh vendor.sh FOLDER" >&2; exit 2; }
for tool in npm python3 tar; do
    command -v "$tool" >/dev/null || { echo "vendor.sh: $tool is needed" >&2; exit 1; }
done
mkdir -p "$1"
out=$(cd "$1" && pwd)
self=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# fetch NAME VERSION FOLDER
fetch() {
    mkdir -p "$tmp/$3/tgz"
    (cd "$tmp/$3/tgz" && npm pack --silent "$1@$2" >/dev/null)
    tar xzf "$tmp/$3"/tgz/*.tgz -C "$tmp/$3" --strip-components=1
}
fetch katex "$KATEX" katex
fetch axe-core "$AXE" axe
fetch @fontsource-variable/source-serif-4 "$SERIF" serif
fetch @fontsource/be-vietnam-pro "$SANS" sans
fetch @fontsource-variable/jetbrains-mono "$MONO" mono
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet "fonttools==$FONTTOOLS" "brotli==$BROTLI"
py=$tmp/venv/bin/python

new=$tmp/new
mkdir -p "$new/katex/fonts" "$new/fonts" "$new/axe"

# --- KaTeX: the package minifies only its UMD build; woff2 fonts, unchanged
cp "$tmp/katex/dist/katex.min.js" "$tmp/katex/LICENSE" "$new/katex/"
cp "$tmp"/katex/dist/fonts/*.woff2 "$new/katex/fonts/"

# --- text fonts, unchanged
for s in latin vietnamese; do
    cp "$tmp/serif/files/source-serif-4-$s-wght-normal.woff2" "$new/fonts/"
    for w in 400 600; do
        cp "$tmp/sans/files/be-vietnam-pro-$s-$w-normal.woff2" "$new/fonts/"
    done
done

# --- mono: one weight, few characters, no ligatures (what was typed is shown as typed)
"$py" -m fontTools.varLib.instancer --quiet --no-recalc-timestamp -o "$tmp/mono-450.ttf" \
    "$tmp/mono/files/jetbrains-mono-latin-wght-normal.woff2" wght=450
"$py" -m fontTools.subset "$tmp/mono-450.ttf" --flavor=woff2 \
    --output-file="$new/fonts/jetbrains-mono-450.woff2" \
    --unicodes=U+0020-007E,U+00B7,U+00D7,U+2018,U+2019,U+201C,U+201D,U+2212 \
    --layout-features= --name-IDs=0,1,2,3,4,5,6,13,14 --no-recalc-timestamp
cp "$tmp/mono/LICENSE" "$new/fonts/OFL-jetbrains-mono.txt"
cp "$tmp/sans/LICENSE" "$new/fonts/OFL-be-vietnam-pro.txt"

# --- axe (tests only), unchanged
cp "$tmp/axe/axe.min.js" "$tmp/axe/LICENSE" "$tmp/axe/LICENSE-3RD-PARTY.txt" "$new/axe/"

# --- sheets, two licence texts, checks, VENDORED.md
export KATEX AXE SERIF SANS MONO FONTTOOLS BROTLI
"$py" - "$tmp" "$new" <<'PY'
import os
import re
import sys
import unicodedata
from pathlib import Path

from fontTools.ttLib import TTFont

src, new = Path(sys.argv[1]), Path(sys.argv[2])
V = {k: os.environ[k] for k in "KATEX AXE SERIF SANS MONO FONTTOOLS BROTLI".split()}


def fail(message):
    sys.exit(f"vendor.sh: {message}")


# KaTeX's sheet: woff2 only
css = (src / "katex/dist/katex.min.css").read_text("utf-8")
css, cut = re.subn(
    r',url\(fonts/[\w-]+\.woff\) format\("woff"\),url\(fonts/[\w-]+\.ttf\) format\("truetype"\)',
    "", css)
if cut != len(list((new / "katex/fonts").iterdir())) or ".ttf" in css or ".woff)" in css:
    fail(f"katex.min.css is not as expected ({cut} src lists cut)")
(new / "katex/katex.min.css").write_text(css, "utf-8")

# Licence texts that the packages do not give in full: the notices are in the fonts themselves.
ofl = (src / "mono/LICENSE").read_text("utf-8")
ofl = ofl[ofl.index("This Font Software is licensed"):]


def name(path, number):
    return TTFont(path)["name"].getDebugName(number) or ""


notice = name(new / "fonts/source-serif-4-latin-wght-normal.woff2", 0)
if "Reserved Font Name" not in notice:
    fail("no copyright notice in Source Serif 4")
(new / "fonts/OFL-source-serif-4.txt").write_text(f"{notice}\n\n{ofl}", "utf-8")

reserved = []
for path in sorted((new / "katex/fonts").iterdir()):
    found = re.search(r"Reserved Font Name (\w+)", name(path, 13))
    if not found or "SIL Open Font License, Version 1.1" not in " ".join(name(path, 13).split()):
        fail(f"{path.name}: other licence than expected")
    if found[1] not in reserved:
        reserved.append(found[1])
(new / "katex/OFL-katex-fonts.txt").write_text(
    "Copyright (c) 2009-2010, Design Science, Inc. (<www.mathjax.org>)\n"
    "Copyright (c) 2014-2018 Khan Academy (<www.khanacademy.org>),\n"
    "with Reserved Font Names " + ", ".join(reserved) + ".\n\n" + ofl, "utf-8")

# fonts.css. Where ranges overlap the last rule wins: latin after vietnamese, as in fontsource,
# so that a page without Vietnamese letters never asks for the vietnamese files.
LATIN = ("U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+0304, U+0308, "
         "U+0329, U+2000-206F, U+20AC, U+2122, U+2191, U+2193, U+2212, U+2215, U+FEFF, U+FFFD")
VIET = ("U+102-103, U+110-111, U+128-129, U+168-169, U+1A0-1A1, U+1AF-1B0, U+300-301, U+303-304, "
        "U+308-309, U+323, U+329, U+1EA0-1EF9, U+20AB")
HAND = "U+20-7E, U+B7, U+D7, U+2018-2019, U+201C-201D, U+2212"
faces = []
for subset, span in (("vietnamese", VIET), ("latin", LATIN)):
    faces.append(("Source Serif 4", "200 900", f"source-serif-4-{subset}-wght-normal", span))
for weight in ("400", "600"):
    for subset, span in (("vietnamese", VIET), ("latin", LATIN)):
        faces.append(("Be Vietnam Pro", weight, f"be-vietnam-pro-{subset}-{weight}-normal", span))
faces.append(("JetBrains Mono", "450", "jetbrains-mono-450", HAND))
sheet = "/* Made by vendor.sh: change it there. Licences: OFL-*.txt beside this file. */\n"
for family, weight, file, span in faces:
    sheet += (f"@font-face {{\n  font-family: '{family}';\n  font-style: normal;\n"
              f"  font-weight: {weight};\n  font-display: swap;\n"
              f"  src: url({file}.woff2) format('woff2');\n  unicode-range: {span};\n}}\n")
(new / "fonts/fonts.css").write_text(sheet, "utf-8")

# --- checks, on what was written
for path in new.rglob("*.css"):
    text = path.read_text("utf-8")
    urls = {u.strip("'\"") for u in re.findall(r"url\(([^)]*)\)", text)}
    here = {str(p.relative_to(path.parent)) for p in path.parent.rglob("*.woff2")}
    if urls != here:
        fail(f"{path.name}: named but absent {urls - here}, there but not named {here - urls}")

tones = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
letters = {unicodedata.normalize("NFC", v + t) for v in "aăâeêioôơuưy" for t in tones} | {"đ"}
letters = {c for x in letters for c in (x, x.upper()) if not c.isascii()}
if len(letters) != 134:
    fail(f"{len(letters)} Vietnamese letters instead of 134")


def spans(text):
    for part in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", text):
        yield int(part[0], 16), int(part[1] or part[0], 16)


def inside(code, span):
    return any(a <= code <= b for a, b in spans(span))


maps = {file: set(TTFont(new / f"fonts/{file}.woff2").getBestCmap()) for _, _, file, _ in faces}
need = {ord(c) for c in letters} | set(range(0xC0, 0x100)) | set(range(0x20, 0x7F))
for family, weight in (("Source Serif 4", "200 900"), ("Be Vietnam Pro", "400"),
                       ("Be Vietnam Pro", "600")):
    mine = [(f, s) for n, w, f, s in faces if (n, w) == (family, weight)]
    for code in sorted(need):
        file = [f for f, s in mine if inside(code, s)][-1:]   # the rule a browser takes
        if not file or code not in maps[file[0]]:
            fail(f"{family} {weight}: U+{code:04X} is not covered")
    latin = next(f for f, _ in mine if "latin" in f)
    if not set(range(0xC0, 0x100)) <= maps[latin]:
        fail(f"{latin}: U+00C0-00FF incomplete")
hand = {c for a, b in spans(HAND) for c in range(a, b + 1)}
if maps["jetbrains-mono-450"] != hand:
    fail("JetBrains Mono: not the characters that were asked for")

# --- VENDORED.md
SERIF_PKG = f"@fontsource-variable/source-serif-4 {V['SERIF']}"
SANS_PKG = f"@fontsource/be-vietnam-pro {V['SANS']}"
MONO_PKG = f"@fontsource-variable/jetbrains-mono {V['MONO']}"


def origin(rel):
    """(package and version, licence, how) of one file"""
    top, base = rel.split("/", 1)
    if top == "katex":
        pkg = f"katex {V['KATEX']}"
        if base == "katex.min.css":
            return pkg, "MIT", "`dist/katex.min.css` without its woff and ttf sources"
        if base.startswith("fonts/"):
            return pkg, "OFL-1.1", f"copy of `dist/{base}`"
        if base.startswith("OFL"):
            return pkg, "OFL-1.1", "notice in the fonts + licence text"
        return pkg, "MIT", "copy of `" + ("dist/" if base.endswith(".js") else "") + base + "`"
    if top == "axe":
        return f"axe-core {V['AXE']}", "MPL-2.0", f"copy of `{base}`"
    if base == "fonts.css":
        return "Gradus", "own", "written by `vendor.sh`"
    pkg = SERIF_PKG if "serif" in base else SANS_PKG if "vietnam-pro" in base else MONO_PKG
    if base == "OFL-source-serif-4.txt":
        return pkg, "OFL-1.1", "notice in the font + licence text"
    if base.startswith("OFL"):
        return pkg, "OFL-1.1", "copy of `LICENSE`"
    if "jetbrains" in base:
        return pkg, "OFL-1.1", "instanced at wght 450, cut (below)"
    return pkg, "OFL-1.1", f"copy of `files/{base}`"


rows, total = [], {}
for path in sorted(p for p in new.rglob("*") if p.is_file()):
    rel = path.relative_to(new).as_posix()
    size = path.stat().st_size
    pkg, licence, how = origin(rel)
    rows.append(f"| {rel} | {pkg} | {licence} | {size} | {how} |")
    total[rel.split("/")[0]] = total.get(rel.split("/")[0], 0) + size
    if rel.endswith(".woff2"):
        family = path.name.split("-")[0]
        total[family] = total.get(family, 0) + size
cut = ("U+0020-007E,U+00B7,U+00D7,U+2018,U+2019,U+201C,U+201D,U+2212")
(new / "VENDORED.md").write_text(f"""# Vendored front-end files

Made by `sh vendor.sh FOLDER`; nothing here is edited by hand. The script also checks that the two
text faces cover the 134 Vietnamese letters through the ranges in `fonts/fonts.css`, that latin has
all of U+00C0-00FF, and that each `url()` exists and each font is named.

| part | package | version | licence | bytes | used |
|---|---|---|---|---|---|
| katex/ | katex | {V['KATEX']} | MIT (code, sheet), OFL-1.1 (fonts) | {total['katex']} | product |
| fonts/ Source Serif 4, variable upright | @fontsource-variable/source-serif-4 | {V['SERIF']} | OFL-1.1, reserved name "Source" | {total['source']} | product |
| fonts/ Be Vietnam Pro 400, 600 | @fontsource/be-vietnam-pro | {V['SANS']} | OFL-1.1 | {total['be']} | product |
| fonts/ JetBrains Mono 450 | @fontsource-variable/jetbrains-mono | {V['MONO']} | OFL-1.1 | {total['jetbrains']} | product |
| axe/ | axe-core | {V['AXE']} | MPL-2.0, parts MIT and others (LICENSE-3RD-PARTY.txt) | {total['axe']} | tests only |

## Files

| file | package | licence | bytes | how |
|---|---|---|---|---|
{chr(10).join(rows)}

## Commands

```sh
npm pack katex@{V['KATEX']}
npm pack axe-core@{V['AXE']}
npm pack @fontsource-variable/source-serif-4@{V['SERIF']}
npm pack @fontsource/be-vietnam-pro@{V['SANS']}
npm pack @fontsource-variable/jetbrains-mono@{V['MONO']}
# each unpacked with: tar xzf FILE.tgz --strip-components=1; copies are plain `cp`
python3 -m venv venv && venv/bin/pip install fonttools=={V['FONTTOOLS']} brotli=={V['BROTLI']}
python -m fontTools.varLib.instancer --no-recalc-timestamp -o mono-450.ttf \\
    files/jetbrains-mono-latin-wght-normal.woff2 wght=450
python -m fontTools.subset mono-450.ttf --flavor=woff2 --output-file=jetbrains-mono-450.woff2 \\
    --unicodes={cut} \\
    --layout-features= --name-IDs=0,1,2,3,4,5,6,13,14 --no-recalc-timestamp
```

## Notes
- KaTeX ships no minified ES module: `katex.min.js` is its UMD build. `import './katex.min.js'` in a
  module (or a plain `<script>`) sets `globalThis.katex`; it has no `export`.
- Source Serif 4 and the KaTeX fonts have reserved font names: ship them as they are, or rename them.
  Only JetBrains Mono (no reserved name) is changed; its `calt` ligatures are left out on purpose, so
  `->`, `!=`, `<=` look as typed.
- The vietnamese ranges hold tone marks but not U+0302, U+0306, U+031B: text must be NFC.
""", "utf-8")
PY

for part in katex fonts axe VENDORED.md; do
    rm -rf "${out:?}/$part"
    cp -R "$new/$part" "$out/$part"
done
[ "$self" = "$out/vendor.sh" ] || cp "$self" "$out/vendor.sh"
echo "vendor.sh: done, all checks passed"
