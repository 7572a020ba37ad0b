"""Is what the site shows in order? `python tools/check_site.py`, after `python tools/site.py`

Pages: every link and anchor leads somewhere, and nothing is loaded from another place. Notebooks: no saved output is an
error, a warning or holds a path of a machine, every figure has a caption or words for those who do not see it, and
imports have cells of their own. Before that, the checks check themselves."""
import ast
import json
import re
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parents[1]
LOADS = dict(script="src", link="href", img="src", source="src", audio="src", video="src", iframe="src", embed="src",
             object="data", image="href")
MACHINE = re.compile(r"(?<![\w.:/~-])(?:/(?:home|root|tmp|work|Users|usr|opt|mnt|var)/\w|[A-Z]:\\+Users\\)")
STYLE_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)")
LOADED_BY_CODE = re.compile(r"""(?:url\(|@import|fetch\(|import\s*\()\s*['"]?((?:\w+:)?//[^'")\s]*)""")
FIGURES = {"image/png", "image/svg+xml", "image/jpeg"}

# Pages

class Links(HTMLParser):
    "Names, links, and what a page loads"
    def __init__(self, text):
        super().__init__()
        self.names, self.twice = set(), []
        self.links, self.loads = [], []
        self.silent = []  # images without words
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name = attrs.get("id")
        if name in self.names: self.twice.append(name)
        if name: self.names.add(name)
        if tag == "a" and "href" in attrs: self.links.append(attrs["href"])
        if tag == "img" and not attrs.get("alt"): self.silent.append(attrs.get("src", ""))
        if LOADS.get(tag) in attrs: self.loads.append(attrs[LOADS[tag]])
        if "srcset" in attrs: self.loads += [part.split()[0] for part in attrs["srcset"].split(",")]
        self.loads += STYLE_URL.findall(attrs.get("style", ""))

def link_fault(folder, page, target, names):
    "What is wrong with a link or a file that `page` asks for; empty if nothing"
    parts = urlsplit(target)
    if parts.scheme or parts.netloc: return ""  # links may lead away
    file = (folder/page).parent/unquote(parts.path) if parts.path else folder/page
    if not file.is_file(): return f"no file {target}"
    anchor = unquote(parts.fragment)
    return f"no anchor {target}" if anchor and anchor not in names.get(file.resolve(), ()) else ""

def page_faults(folder):
    "Links, anchors and files of all pages, and what their styles and scripts load"
    pages = {path: Links(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))}
    names = {path.resolve(): page.names for path, page in pages.items()}
    if not pages: yield f"{folder.name}: no pages"
    for path, page in pages.items():
        name = path.relative_to(folder)
        for target in page.links + page.loads:
            wrong = link_fault(folder, name, target, names)
            if wrong: yield f"{name}: {wrong}"
        for target in page.loads:
            if re.match(r"(\w+:)?//", target): yield f"{name}: loads {target}"
        for target in page.silent: yield f"{name}: image without words, {target}"
        for anchor in page.twice: yield f"{name}: two places are called {anchor}"
    for path in sorted([*folder.rglob("*.css"), *folder.rglob("*.js")]):
        if path.name == "search.js": continue  # words of the pages
        for target in LOADED_BY_CODE.findall(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(folder)}: loads {target}"

# Notebooks

def joined(text): return text if isinstance(text, str) else "".join(text)

def words_of(out):
    "The text of an output, but for sounds and other data in HTML"
    words = ""
    for kind, value in out.get("data", {}).items():
        value = joined(value)
        is_text = kind in ("text/plain", "text/markdown") or kind == "text/html" and "base64" not in value
        if is_text: words += value
    return words + joined(out.get("text", ""))

def output_faults(source, out):
    "What is wrong with one saved output of a cell"
    words = words_of(out)
    if out["output_type"] == "error": yield f"error {out.get('ename')}: {out.get('evalue')}"
    if out.get("name") == "stderr": yield f"text on stderr, {words[:60]!r}"
    if "Traceback (most recent call last)" in words or re.search(r"\b\w*Warning: ", words):
        yield f"a warning or a traceback, {words[:60]!r}"
    found = MACHINE.search(words)
    if found: yield f"path of a machine, {words[found.start():found.start() + 60]!r}"
    is_figure = FIGURES & out.get("data", {}).keys()
    if is_figure and not re.search(r"^#\|\s*fig-(cap|alt):\s*\S", source, flags=re.M):
        yield "figure without fig-cap or fig-alt"

def is_mixed(source):
    "Does a cell have imports and other code, but for the last cell of a notebook?"
    if "nbdev_export(" in source: return False
    try: lines = ast.parse(source).body
    except SyntaxError: return False  # `!pip ...`
    return len({isinstance(line, (ast.Import, ast.ImportFrom)) for line in lines}) == 2

def notebook_faults(folder):
    "Saved outputs and import cells of all notebooks"
    for path in sorted(folder.glob("*.ipynb")):
        for i, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
            place, source = f"{path.name}, cell {i}", joined(cell["source"])
            if cell["cell_type"] == "code" and is_mixed(source):
                yield f"{place}: imports and other code in one cell, which runs when the documentation is made"
            for out in cell.get("outputs", []):
                for fault in output_faults(source, out): yield f"{place}: {fault}"

# The checks, checked

def code_cell(source, **out):
    return dict(cell_type="code", source=source, outputs=[dict(output_type="display_data", data={}) | out])

FIGURE = {"image/png": "", "text/plain": "<Figure>"}
GOOD_CELLS = [
    code_cell("#| fig-cap: A window\nplot()", data=FIGURE),
    code_cell("", output_type="stream", name="stdout", text="see docs/home/x and 3 /home"),
]
BAD_CELLS = [
    code_cell("", output_type="error", ename="ValueError", evalue="x"),
    code_cell("", output_type="stream", name="stderr", text="loading"),
    code_cell("", output_type="stream", name="stdout", text="x.py:3: UserWarning: old"),
    code_cell("", data={"text/plain": "PosixPath('/home/ann/x.wav')"}),
    code_cell("plot()", data=FIGURE),
    code_cell("import os\nos.remove('x')"),
]
PAGE = ('<a id="here" href="b.html#there">b</a><a href="#here">c</a><a href="https://example.org">away</a>'
        '<img src="p.png" alt="a window">')
GOOD_FILES = {"a.html": PAGE, "b.html": '<p id="there">', "p.png": "", "site.css": "p { color: red }"}
BAD_FILES = {
    "a.html": PAGE + '<p id="here"><a href="gone.html">x</a><a href="b.html#gone">y</a><img src="p.png">'
                     '<script src="https://example.org/x.js"></script>',
    "site.css": "@import url(//example.org/font.css)",
}
FOUND = (
    "no file gone.html", "no anchor b.html#gone", "loads https://example.org/x.js", "without words", "two places",
    "site.css: loads //example.org/font.css", "error ValueError", "stderr", "a warning", "path of a machine",
    "figure without", "imports and other code",
)

def check_the_checks():
    "Each fault, made on purpose, is found; what is right is not"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        def write(files, cells):
            for name, text in files.items(): (folder/name).write_text(text, encoding="utf-8")
            (folder/"a.ipynb").write_text(json.dumps(dict(cells=cells)), encoding="utf-8")
        write(GOOD_FILES, GOOD_CELLS)
        assert not [*page_faults(folder), *notebook_faults(folder)]
        write(BAD_FILES, BAD_CELLS)
        found = "\n".join([*page_faults(folder), *notebook_faults(folder)])
    for word in FOUND: assert word in found, f"not found: {word}\n{found}"

if __name__ == "__main__":
    check_the_checks()
    faults = [*page_faults(ROOT/"_docs"), *notebook_faults(ROOT/"nbs")]
    print("\n".join(faults) or "every page and every saved output is in order")
    sys.exit(bool(faults))
