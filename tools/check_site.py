"""Is what the site shows in order? `python tools/check_site.py`, after `python tools/site.py`

Pages: every link and anchor leads somewhere, nothing is loaded from another place, headings go down one level at a
time, no header of a table is empty, and no signature shows how Python prints an object. Notebooks: no saved output is
an error, a warning or holds a path of a machine, every figure has a caption or words for those who do not see it, and
imports have cells of their own. Before that, the checks check themselves, and what the renderer does."""
import ast
import contextlib
import html
import importlib.util
import io
import json
import re
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from unittest import mock
from urllib.parse import unquote, urlsplit

from chapters import api_markdown, fold_title, is_import, markdown, of_class, private_title, single_links, wrapped

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
        self.levels = []  # of the headings
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name = attrs.get("id")
        if name in self.names: self.twice.append(name)
        if name: self.names.add(name)
        if tag == "a" and "href" in attrs: self.links.append(attrs["href"])
        if re.fullmatch("h[1-6]", tag): self.levels.append(int(tag[1]))
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

def shape_faults(page, text):
    "Headings that skip a level, empty headers of tables, and objects as Python prints them"
    for above, below in zip(page.levels, page.levels[1:]):
        if below > above + 1: yield f"a heading of level {below} below one of level {above}"
    if re.search(r"\]\(https?:", re.sub(r"(?s)<(pre|script)\b.*?</\1>", "", text)): yield "a link within a link"
    if re.search(r"<th[^>]*>\s*</th>", text): yield "an empty header in a table"
    for signature in re.findall(r'<pre class="[^"]*signature[^"]*">(.*?)</pre>', text, flags=re.S):
        words = html.unescape(re.sub("<[^>]*>", "", signature))
        found = re.search(r"<(class '|function |[\w.]+ object at ).*?>", words)
        if found: yield f"an object as Python prints it, {found[0]}"

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
        for fault in shape_faults(page, path.read_text(encoding="utf-8")): yield f"{name}: {fault}"
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
    "a.html": PAGE + '<h1>a</h1><h3>b</h3><table><th></th></table><pre class="signature">&lt;class \'X\'&gt;</pre>'
                     '<a href="b.html">[x](https://example.org)</a>'
                     '<p id="here"><a href="gone.html">x</a><a href="b.html#gone">y</a><img src="p.png">'
                     '<script src="https://example.org/x.js"></script>',
    "site.css": "@import url(//example.org/font.css)",
}
FOUND = (
    "no file gone.html", "no anchor b.html#gone", "loads https://example.org/x.js", "without words", "two places",
    "site.css: loads //example.org/font.css", "error ValueError", "stderr", "a warning", "path of a machine",
    "figure without", "imports and other code", "level 3 below one of level 1", "empty header", "prints it",
    "a link within",
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

# The renderer

def renderer():
    "tools/site.py as a module; `import site` would be Python's own"
    spec = importlib.util.spec_from_file_location("adastft_site", ROOT/"tools"/"site.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module

def check_folds():
    "What is folded, and under which name"
    drawn = [dict(data={"image/png": ""})]
    assert fold_title("a\nb\nc\nax.plot(x)", drawn) == "Plot" and not fold_title("layer.plot_window()", drawn)
    assert fold_title("x = 1\ny = 2\ntest_eq(x, y)", []) == "Test"
    assert fold_title("x = 1\nassert x\ntest_fail(f)", []) == "Test"
    assert fold_title("test_fail(f)\ntest_fail(g)\ntest_fail(h)", []) == "Error cases"
    assert fold_title("assert x", []) == "Test" and fold_title("test_fail(f)", []) == "Error cases"
    assert not fold_title("x = 1\ny = 2\ntest_eq(x, y)", [dict(data={"text/plain": "3"})])
    assert not fold_title("x = 1\ny = 2\nz = 3", [])
    assert private_title("def _a(): 1\ndef _b(): 2") == "Helpers" and not private_title("def a(): 1\ndef _b(): 2")
    assert private_title("_a = 1\ndef _b(): 2") == "Helpers" and not private_title("SIZES = 1\ndef _b(): 2")
    assert is_import(ast.parse("try: import a\nexcept ImportError: import b").body[0])
    assert not is_import(ast.parse("try: import a\nexcept ImportError: a = None").body[0])
    assert is_import(ast.parse("_all_ = ['a']").body[0]) and not is_import(ast.parse("a = 1").body[0])
    def save(data, suffix): return ""
    cells = [dict(cell_type=kind, source=source)
             for kind, source in (("markdown", "<!-- made -->"), ("code", "import a"), ("markdown", "Words"))]
    assert "Imports" in markdown(dict(cells=cells), save) and "Imports" not in markdown(dict(cells=cells[::-1]), save)

def check_signatures():
    "A class is called one, and a default that is a class or a function has its name alone"
    signature = "def A(x=<class 'torch.Tensor'>, f=<function g at 0x7f>)->__main__.B | torch.nn.modules.module.C"
    words = f"```python\n\n{signature}\n\n```\n\n*Words.*"
    cell = dict(source="show_doc(A)", outputs=[dict(data={"text/markdown": words})])
    text = api_markdown(cell, 2)
    assert text.startswith("## A ") and "class A(x=Tensor, f=g)->B | C" in text, text
    assert of_class("def A(\n    *args:Any, **kwargs:Any\n)->None:") == "class A():"
    assert of_class("def A(\n    x:int, # y\n)->None:") == "class A(\n    x:int, # y\n):"
    assert wrapped("def f(\n    a, b:tuple=(1, 2), c:int,\n    d:int, # of e\n)", 20) == (
        "def f(\n    a,\n    b:tuple=(1, 2),\n    c:int,\n    d:int, # of e\n)")

def check_links():
    "Of a link within a link the outer one counts"
    assert single_links("in [[`A`](https://x/a#b) here](c.ipynb), [`B`](d)") == "in [`A` here](c.ipynb), [`B`](d)"

def check_renderer():
    "Lines know their indent, formulas are words, and what is guessed is no link"
    site = renderer()
    lines = site.indented_lines('<pre><code>if x:\n    y = "a"\n</code></pre>')
    deep = site.code_line(" "*30 + "y\n")
    assert deep == f'<span class="line deep" style=--in:30><span class="inset">{" "*30}</span>y\n</span>', deep
    assert '<span class="line" style=--in:4><span class="inset">    </span>y' in lines, lines
    assert lines.count('class="line"') == 2
    assert site.tex_words(r"X[f] = \sum_n \mathrm{hop}\,\cos\theta") == "X[f] = ∑n hop cosθ"
    apart = site.spaced_functions("<mi>j</mi><mi>sin</mi><mo>\u2061</mo><mi>x</mi>")
    assert apart.count("mspace width") == 2
    base = site.spaced_functions("<mn>2</mn><msub><mrow><mi>log</mi><mo>\u2061</mo></mrow><mn>10</mn></msub><mi>x</mi>")
    assert base.count("mspace width") == 2 and "<mn>10</mn></msub><mspace" in base, base
    cell = re.match(r".*", "<td><code>learn_window</code> a_b <code>_x</code></td>")
    assert site.breakable_names(cell) == "<td><code>learn_<wbr>window</code> a_<wbr>b <code>_x</code></td>"
    cell = re.match(r".*", "<td>no: GuardOnDataDependent, MelSpectrogram</td>")
    assert site.breakable_names(cell) == "<td>no: Guard<wbr>On<wbr>Data<wbr>Dependent, MelSpectrogram</td>"
    answers = [site.ANSWER.match(text) for text in ("yes", "✗ no: NaN", "yes, if built so", "–", "no response", "now")]
    assert [bool(found) for found in answers] == [True]*4 + [False]*2
    kept = '<span class="unbroken">'
    assert site.unbroken('<a id="--x">a --nfft 2 - 1e-12</a>') == (
        f'<a id="--x">a {kept}--nfft</span> 2 - {kept}1e-12</span></a>')
    formula = '<math display="inline"><mi>x</mi></math>'
    assert site.punctuated(f"({formula}), {formula} a") == f"{kept}({formula}),</span> {formula} a"
    numbers, words = ("1.2", "4e-07", "−3 %", "7.7 ms (3.1%)", "0.91 (missed)", "–", ""), ("yes", "1 of 2", "window 3")
    assert all(map(site.NUMBER.fullmatch, numbers)) and not any(map(site.NUMBER.fullmatch, words))
    for guess in ("fold", "_play"): assert site.is_guess(site.text_element(guess))
    for name in ("STFT", "mel_basis"): assert not site.is_guess(site.text_element(name))

def check_offline():
    "Without npm there is no runtime for the classifier, and no file of it"
    site = renderer()
    with tempfile.TemporaryDirectory() as cache, mock.patch.dict("os.environ", ADASTFT_CACHE=cache, PATH=""):
        with contextlib.redirect_stdout(io.StringIO()) as said: assert site.runtime() is None
        assert "without the classifier" in said.getvalue() and not list(Path(cache).iterdir())

if __name__ == "__main__":
    check_the_checks()
    check_folds()
    check_signatures()
    check_links()
    check_renderer()
    check_offline()
    faults = [*page_faults(ROOT/"_docs"), *notebook_faults(ROOT/"nbs")]
    print("\n".join(faults) or "every page and every saved output is in order")
    sys.exit(bool(faults))
