"""Render the notebooks to a site in _docs, and README.md from the index, offline: `python tools/site.py`

What `nbdev_docs` does where Quarto is installed. nbdev processes the notebooks, pandoc turns Markdown and equations
into HTML. Nothing is executed but what the signatures need, so figures and sounds are those saved in the notebooks.
`_quarto.yml` gives the sections of the sidebar, the names of the files give their order. `--readme` writes README.md
alone. What runs the classifier in the panel's page comes from npm's registry, once, or is left out."""
import argparse
import html
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from string import Template

import numpy as np
import platformdirs
import pypandoc
import soundfile
import yaml
from chapters import cell_markdown, directives, joined, markdown, process
from execnb.nbio import read_nb
from fastcore.parallel import parallel
from nbdev.config import get_config

from adastft.files import write_whole
from adastft.synth import synth_track

ROOT = Path(__file__).parents[1]
LOOKS = ROOT/"tools"/"site"
KINDS = dict(fig="Figure", eq="Equation", tbl="Table", sec="Section")
READ = ("markdown-example_lists-fancy_lists-subscript-superscript-definition_lists-raw_tex"
        "+lists_without_preceding_blankline+autolink_bare_uris")

# Markdown to pages

@dataclass
class Page:
    source: Path
    title: str
    summary: str
    name: str                                     # of its file
    blocks: list                                  # pandoc's
    numbers: dict = field(default_factory=dict)   # of its labelled figures and equations
    heads: list = field(default_factory=list)     # (level, anchor, text, is it a signature?)
    sections: list = field(default_factory=list)  # [anchor, heading, text], to be searched

def walk(node, change):
    "Rebuild pandoc's tree from the leaves; `change` returns an element, itself or another"
    if isinstance(node, list): return [walk(child, change) for child in node]
    if not isinstance(node, dict): return node
    node = {key: walk(child, change) for key, child in node.items()}
    return change(node) if "t" in node else node

def table_words(inner):
    "The words of a table's head and bodies"
    head, bodies = inner[3][1], [body[3] for body in inner[4]]
    cells = [cell[-1] for rows in (head, *bodies) for row in rows for cell in row[1]]
    return " ".join(map(plain, cells))

def plain(node):
    "The words of a part of the tree"
    if isinstance(node, list): return "".join(map(plain, node))
    if not isinstance(node, dict): return ""
    kind, inner = node.get("t"), node.get("c")
    if kind == "Str": return inner
    if kind in ("Space", "SoftBreak", "LineBreak"): return " "
    if kind == "Code": return inner[1]
    if kind == "Math": return tex_words(inner[1]) if inner[0]["t"] == "InlineMath" else ""
    if kind == "CodeBlock": return inner[1] + " " if "signature" in inner[0][1] else ""
    if kind in ("RawBlock", "RawInline"): return ""
    if kind == "Quoted": return f'"{plain(inner[1])}"'
    if kind == "Table": return table_words(inner)
    if kind in ("Para", "Plain"): return plain(inner) + " "
    return plain(inner)

GREEK = dict(zip("alpha beta gamma delta epsilon eta theta lambda mu nu pi rho sigma tau phi psi omega".split(),
                 "αβγδεηθλμνπρστφψω", strict=True), sum="∑", approx="≈", le="≤", ge="≥", times="×", cdot="·", infty="∞")

def tex_words(tex):
    "An inline formula as it may be read in a line of text"
    tex = re.sub(r"\\[,;:! ]", " ", tex)
    def command(found): return GREEK.get(found[1], found[1] if found[1] in ("log", "cos", "sin", "exp", "max") else "")
    tex = re.sub(r"\\([a-zA-Z]+)\s?", command, tex)
    return re.sub(r"\s+", " ", tex.translate(str.maketrans("", "", "{}\\^_"))).strip()

def label_kind(label): return label.split("-")[0]

def number_labels(page):
    "Number the labelled figures, equations, tables and sections of a page"
    def number(node):
        if node["t"] not in ("Figure", "Span", "Div", "Table"): return node
        label = node["c"][0][0]
        if "-" in label and label_kind(label) in KINDS:
            same = [other for other in page.numbers if label_kind(other) == label_kind(label)]
            page.numbers[label] = 1 + len(same)
        return node
    walk(page.blocks, number)

def cut_sections(page, blocks):
    "What stands below each heading, as text for the search"
    for block in blocks:
        if block["t"] == "Header":
            level, (anchor, classes, _), words = block["c"]
            page.heads.append((level, anchor, plain(words), "api" in classes))
            page.sections.append([anchor, plain(words), ""])
        elif block["t"] == "Div": cut_sections(page, block["c"][1])
        else: page.sections[-1][2] += plain(block) + " "

def read_page(source, notebook, folder):
    "A processed notebook as a page. Its images and sounds go to `folder`"
    front = yaml.safe_load(joined(notebook["cells"][0]["source"]).strip().strip("-"))
    def save(cell, out, data, suffix):
        which = f"{cell}-{out}" if out else f"{cell}"
        path = folder/"media"/f"{source.stem}-{which}.{suffix}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return path.relative_to(folder).as_posix()

    text = markdown(dict(cells=notebook["cells"][1:]), save)
    tree = json.loads(pypandoc.convert_text(text, "json", format=READ, extra_args=["--columns=10000"]))
    title, summary = str(front["title"]), str(front.get("description", ""))
    page = Page(source, title, summary, front.get("output-file", f"{source.stem}.html"), tree["blocks"])
    page.sections.append(["", title, summary.replace("`", "") + " "])
    number_labels(page)
    cut_sections(page, page.blocks)
    return page

# Pages to HTML. Pandoc's elements are {t: type, c: content}, most contents begin with [name, classes, attributes]

def text_element(text): return dict(t="Str", c=text)
def span(inner, *classes): return dict(t="Span", c=[["", list(classes), []], inner])
def link_to(target, inner, attr=("", [], []), title=""): return dict(t="Link", c=[list(attr), inner, [target, title]])

def is_guess(words):
    "May a name such as `fold` be an option, a value or an argument, and not the function?"
    return bool(re.fullmatch("_.*|[a-z]+", plain(words)))

def link(node, page, pages, cfg):
    "Where a link of a notebook leads on the site; what is not of the site lies in the repository"
    attr, words, (target, title) = node["c"]
    if target.startswith("mailto:"): return span(words)  # a name such as window@10
    home = f"{cfg.doc_host.rstrip('/')}/{cfg.doc_baseurl.strip('/')}/"
    path, _, anchor = target.removeprefix(home).partition("#")
    if target.startswith(home):  # a name that nbdev knows: to its signature, or where it is defined
        there = next(other for other in pages if other.name == path)
        if is_guess(words): return span(words)
        anchor = next((at for _, at, *_ in there.heads if at.lower() == f"api-{anchor}"), "")
    is_local = path and not re.match(r"\w+:", path)
    if is_local and path.endswith(".ipynb"):
        path = next((other.name for other in pages if other.source.name == path), path)
    elif is_local and not path.endswith(".html"):
        place = (page.source.parent/path).resolve()
        if place.is_relative_to(ROOT) and place.exists():
            path = f"{cfg.git_url}/blob/{cfg.branch}/{place.relative_to(ROOT).as_posix()}"
    if anchor and path == page.name: path = ""
    return link_to(f"{path}#{anchor}" if anchor else path or "#", words, attr, title)

def numbered_name(page, label): return f"{KINDS[label_kind(label)]}\u00a0{page.numbers[label]}"

def reference(node, page, pages):
    "`@fig-name` as a link with the figure's number"
    label = node["c"][0][0]["citationId"]
    if "-" not in label or label_kind(label) not in KINDS: return span(node["c"][1])
    found = [page] if label in page.numbers else [other for other in pages if label in other.numbers]
    if len(found) != 1: raise SystemExit(f"{page.source.name}: @{label} is in {len(found)} chapters")
    there = found[0]
    words = numbered_name(there, label)
    if there is page: return link_to(f"#{label}", [text_element(words)])
    return link_to(f"{there.name}#{label}", [text_element(f"{words} of {there.title}")])

def add_number(node, page):
    "The number of a labelled equation, at its side"
    attr, inner = node["c"]
    inner.append(span([text_element(f"({page.numbers[attr[0]]})")], "number"))
    attr[1].append("numbered")

def add_caption_number(node, page):
    "The number of a labelled figure, before its caption"
    (label, *_), caption, _ = node["c"]
    if caption[1]:
        name = dict(t="Strong", c=[text_element(f"{numbered_name(page, label)}.")])
        caption[1][0]["c"][:0] = [name, dict(t="Space")]

def add_anchor(node):
    "The sign at a heading by which its address can be copied"
    _, (name, *_), inner = node["c"]
    attr = ["", ["anchor"], [["aria-label", "Link to this place"]]]
    inner.append(link_to(f"#{name}", [text_element("#")], attr))

UNIT = r"\s?(?:%|[a-zµ]{1,3}|dB|k?Hz|×)?"
NUMBER = re.compile(rf"(?:[-+−±]?[\d,.]*\d(?:e[-+]\d+)?{UNIT}(?: \([\w.% ]*\))?|–|)")
ANSWER = re.compile(r"([✓✗] )?(?:(yes|no)(?=$|[:,;])|–$)")

def cell_text(cell): return plain(cell[-1]).strip()

def mark_answers(rows):
    "Cells that say yes, no or – get this as a class, so that they can have a sign and a colour"
    for row in rows:
        for cell in row[1]:
            found = ANSWER.match(cell_text(cell))
            if found: cell[0][1] += [found[2] or "lacks"] + ["unsigned"]*(not found[1])

def align_numbers(head, rows):
    "Columns of numbers stand at the right"
    for i in range(len(rows[0][1])):
        column = [row[1][i] for row in rows]
        words = [cell_text(cell) for cell in column]
        if any(words) and all(map(NUMBER.fullmatch, words)):
            for cell in [*column, *(row[1][i] for row in head)]: cell[1] = {"t": "AlignRight"}

def table(node):
    "A table in a frame that can be moved sideways. One of many columns may use the margin"
    _, _, columns, (_, head), bodies, _ = node["c"]
    rows = [row for body in bodies for row in body[3]]
    if rows:
        mark_answers(rows)
        align_numbers(head, rows)
    length = max((sum(len(cell_text(cell)) for cell in row[1]) for row in [*head, *rows]), default=0)
    kinds = ["table"] + ["wide"]*(len(columns) > 7 or length > 110 and len(columns) > 4)
    for column in columns: column[1] = {"t": "ColWidthDefault"}
    return dict(t="Div", c=[["", kinds, []], [node]])

def copy_image(node, page, folder):
    "An image of the repository goes to the site as well"
    path = node["c"][2][0]
    if not (page.source.parent/path).is_file(): return
    (folder/path).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(page.source.parent/path, folder/path)

def page_html(page, pages, cfg, folder):
    "The tree of a page with its links, references and numbers, as HTML"
    def change(node):
        kind, inner = node["t"], node.get("c")
        if kind == "Cite": return reference(node, page, pages)
        if kind == "Link": return link(node, page, pages, cfg)
        if kind == "Table": return table(node)
        if kind == "Math" and inner[0]["t"] == "DisplayMath": return span([node], "equation")
        if kind == "Span" and inner[0][0] in page.numbers: add_number(node, page)
        if kind == "Figure" and inner[0][0] in page.numbers: add_caption_number(node, page)
        if kind == "Image": copy_image(node, page, folder)
        if kind == "Header": add_anchor(node)
        return node
    tree = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": walk(page.blocks, change)}
    text = pypandoc.convert_text(json.dumps(tree), "html5", format="json", extra_args=["--mathml", "--wrap=none"])
    text = re.sub(r"<th([^>]*)></th>", r"<td\1></td>", text)  # the empty corner of a table heads nothing
    text = re.sub(r"<td[^>]*>.*?</td>", breakable_names, text, flags=re.S)
    text = re.sub(r"(?<=<code>)[^<\n]*(?=</code>)", lambda code: unbroken(code[0]), text)
    text = re.sub(r'<img[^>]*class="plot"[^>]*>', r'<span class="picture">\g<0></span>', text)
    return punctuated(spaced_functions(indented_lines(text)))

def breakable_names(cell):
    "A cell of a table whose names may be broken after underscores, and very long ones before capitals"
    def breakable(word):
        text = re.sub(r"(?<=[^_])_(?=[^_])", "_<wbr>", word[0])
        return re.sub("(?<=[a-z])(?=[A-Z])", "<wbr>", text) if len(word[0]) > 15 else text
    parts = re.split("(<[^>]*>)", cell[0])
    parts[::2] = [re.sub(r"\w{3,}", breakable, words) for words in parts[::2]]
    return "".join(parts)

# An option such as --nfft and a number such as 1e-12: browsers would break both after their hyphens
UNBROKEN = re.compile(r"(?<![\w-])--\w[\w-]*|\b\d[\d.]*e-\d+")

def unbroken(text):
    "HTML of code in which UNBROKEN stays on one line"
    parts = re.split("(<[^>]*>)", text)
    parts[::2] = [UNBROKEN.sub(r'<span class="unbroken">\g<0></span>', words) for words in parts[::2]]
    return "".join(parts)

DEEP = 20  # spaces, beyond which a line is not indented any further on narrow screens

def code_line(line):
    "A line that says how far it is indented, so that what is wrapped stays there"
    text = html.unescape(re.sub("<[^>]*>", "", line))
    indent = len(text) - len(text.lstrip(" "))
    if not indent: return f'<span class="line">{unbroken(line)}</span>'
    line = re.sub(r"^((?:<[^>]*>)*)( +)", r'\1<span class="inset">\2</span>', unbroken(line))
    return f'<span class="line{" deep"*(indent > DEEP)}" style=--in:{indent}>{line}</span>'

def indented_lines(text):
    "HTML of a page whose lines of code and output know their indent"
    def code(found):
        lines = re.sub(r'<a href="#cb[\d-]+"[^>]*></a>', "", found[2]).split("\n")
        lines = [re.sub(r'^<span id="cb[\d-]+">(.*)</span>$', r"\1", line) for line in lines]
        return found[1] + "".join(code_line(line + "\n") for line in lines) + found[3]
    return re.sub(r"(<pre[^>]*><code[^>]*>)(.*?)\n?(</code></pre>)", code, text, flags=re.S)

def spaced_functions(text):
    "MathML in which cos, log and the like stand a little apart from what is before and after them"
    space = '<mspace width="0.17em"></mspace>'
    name = r'(?:<mrow>|<msu[bp]>)*(?:<mi mathvariant="normal">|<mi>)(?:cos|sin|log|exp|min|max|arg)</mi>'
    closed = r'(?:</mi>|</mn>|</mfrac>|</msu[bp]>|</msubsup>|form="postfix">[^<]+</mo>)'
    text = re.sub(rf"({closed})(?={name})", rf"\1{space}", text)
    applied = r"<mo>(?:\u2061|&#8289;)</mo>"
    raised = rf"<msu([bp])><mrow>((?:(?!<mrow>).)*?){applied}</mrow>(<m[in]>[^<]*</m[in]>)</msu[bp]>"  # sin², log₁₀
    text = re.sub(raised, rf"<msu\1><mrow>\2</mrow>\3</msu\1>{space}", text)
    return re.sub(rf"({applied}(?:</mrow>)?)(?=<m(?:i|n|frac|su[bp])\b)", rf"\1{space}", text)

def punctuated(text):
    "Formulas in lines of text that keep the punctuation before and after them"
    formula = r'<math display="inline"(?:(?!</math>).)*</math>'
    return re.sub(rf"([(\[“]?)({formula})([,.;:!?)\]”]+|’s\b)?", joined_formula, text)

def joined_formula(found):
    before, formula, after = found[1], found[2], found[3] or ""
    return f'<span class="unbroken">{found[0]}</span>' if before or after else formula

# The site

def sections(nbs):
    "[(section or None, [notebook, ...]), ...] in reading order, after the sidebar of _quarto.yml"
    quarto = yaml.safe_load((ROOT/"_quarto.yml").read_text(encoding="utf-8"))
    found = []
    for part in quarto["website"]["sidebar"]["contents"]:
        if isinstance(part, str):
            found.append((None, [nbs/part]))
            continue
        patterns = [some if isinstance(some, str) else some["auto"] for some in part["contents"]]
        found.append((part["section"], [path for pattern in patterns for path in sorted(nbs.glob(pattern))]))
    listed = {path for _, paths in found for path in paths}
    left = {path for path in nbs.glob("*.ipynb") if path.name[0] not in "_."} - listed
    if left: raise SystemExit(f"in no section of _quarto.yml: {', '.join(sorted(path.name for path in left))}")
    return [(title, paths) for title, paths in found if paths]

def entry(page, here, kind=""):
    "A page in a list of pages"
    place = ' aria-current="page"' if page is here else ""
    return f'<a href="{page.name}"{kind}{place}>{html.escape(page.title)}</a>'

def sidebar(parts, here):
    "All pages, by section"
    groups = []
    for title, pages in parts:
        heading = f"<p>{html.escape(title)}</p>" if title else ""
        entries = "".join(entry(page, here) for page in pages)
        groups.append(f"<section>{heading}{entries}</section>")
    return "\n".join(groups)

def contents(page):
    "The headings of a page"
    lines = []
    for level, anchor, text, api in page.heads:
        kind = f"level{level}{' api' if api else ''}"
        if level < 4: lines.append(f'<a class="{kind}" href="#{anchor}">{html.escape(text)}</a>')
    return "\n".join(lines)

def scripts(page, folder):
    "The scripts that only some pages need"
    words, names = json.dumps(page.blocks), []
    if "interactive" in words: names += ["learned.js", "figure.js"]
    if '"classifier"' in words and (folder/"browser").is_dir(): names.append("classify.js")
    return "\n".join(f'<script src="{name}" defer></script>' for name in names)

def frame(page, before, after, parts, cfg, folder):
    "What the template page.html asks for, but for the body"
    summary = html.escape(page.summary)
    home = page.name == "index.html"
    return dict(
        title=html.escape(page.title),
        head=html.escape(f"{page.title}: a learnable STFT for PyTorch" if home else f"{page.title} – {cfg.title}"),
        address=f"{cfg.doc_host.rstrip('/')}/{cfg.doc_baseurl.strip('/')}",
        page=page.name,
        scripts=scripts(page, folder),
        version=cfg.version,
        words=summary.replace("`", ""),
        summary=re.sub("`(.+?)`", r"<code>\1</code>", summary),
        site=html.escape(cfg.title),
        repository=cfg.git_url,
        notebook=f"{cfg.git_url}/blob/{cfg.branch}/nbs/{page.source.name}",
        license=cfg.copyright,
        sidebar=sidebar(parts, page),
        contents=contents(page),
        before=entry(before, page, ' rel="prev"') if before else "",
        after=entry(after, page, ' rel="next"') if after else "")

def learned_kernels(nbs):
    "A script with what the interactive figure shows as learned: the window and nine kernels of one run"
    with np.load(nbs/"ablation_fsdd_learned.npz") as saved:
        window = saved["window+kernels@10/window"][0]
        kernels = saved["window+kernels@10/kernels"]
    values = dict(window=window.round(4).tolist(), kernels=kernels.round(3).tolist())
    return f"const learned = {json.dumps(values, separators=(',', ':'))}\n"

# The classifier that runs in a page

RUNTIME = "onnxruntime-web@1.30.0"
RUNTIME_FILES = ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm")
MEDLEY = ("classical", "hiphop", "metal")

def runtime():
    "The folder with ONNX Runtime for browsers, fetched where it is not there; `None` if that fails"
    cache = Path(os.environ.get("ADASTFT_CACHE") or platformdirs.user_cache_dir("adastft"))
    place = cache/RUNTIME.replace("@", "-")
    if all((place/name).is_file() for name in RUNTIME_FILES): return place
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as new:
        try:
            command = ["npm", "pack", "--silent", "--pack-destination", new, RUNTIME]
            subprocess.run(command, check=True, capture_output=True, timeout=300)
            with tarfile.open(next(Path(new).glob("*.tgz"))) as archive:
                for name in RUNTIME_FILES: unpack(archive, name, place)
        except (OSError, subprocess.SubprocessError, StopIteration, KeyError, tarfile.TarError) as error:
            print(f"without the classifier of the panel's page, since npm gave no {RUNTIME}: {error}")
            return None
    return place

def unpack(archive, name, place):
    "One file of an npm package, whole or not at all"
    with archive.extractfile(f"package/dist/{name}") as packed:
        write_whole(place/name, partial(shutil.copyfileobj, packed))

def write_classifier(nbs, folder):
    "What the page needs to classify: the runtime, the network, facts of it, and sounds that it has not learned from"
    place = runtime()
    if not place: return
    folder.mkdir()
    for name in RUNTIME_FILES: shutil.copy(place/name, folder)
    shutil.copy(nbs/"browser"/"classifier.onnx", folder)
    facts = json.loads((nbs/"browser"/"facts.json").read_text(encoding="utf-8"))
    rate = facts["sample_rate"]
    sounds = {genre: synth_track(genre, seconds=10., sample_rate=rate, seed=1) for genre in facts["genres"]}
    sounds["three in a row"] = np.concatenate([sounds[genre][:5*rate] for genre in MEDLEY])
    for name, x in sounds.items():
        coarse = np.round(32767*x)/32768  # 16 bits in 24: of 16, Chromium makes what is above zero 1/32767 larger
        soundfile.write(folder/f"{name.replace(' ', '_')}.flac", coarse, rate, subtype="PCM_24")
    (folder/"facts.json").write_text(json.dumps({**facts, "examples": list(sounds)}), encoding="utf-8")

# All of it

def render(folder):
    "Write the site to `folder`; returns the number of pages"
    cfg = get_config(path=ROOT)
    parts = sections(cfg.nbs_path)
    paths = [path for _, some in parts for path in some]
    notebooks = parallel(process, paths, n_workers=min(4, os.cpu_count()), method="spawn")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pages = [read_page(path, notebook, folder) for path, notebook in zip(paths, notebooks, strict=True)]
    by_path = dict(zip(paths, pages, strict=True))
    parts = [(title, [by_path[path] for path in some]) for title, some in parts]

    write_classifier(cfg.nbs_path, folder/"browser")
    template = Template((LOOKS/"page.html").read_text(encoding="utf-8"))
    for i, page in enumerate(pages):
        before = pages[i - 1] if i else None
        after = pages[i + 1] if i + 1 < len(pages) else None
        body = page_html(page, pages, cfg, folder)
        text = template.substitute(frame(page, before, after, parts, cfg, folder), body=body)
        (folder/page.name).write_text(text, encoding="utf-8")
    index = json.dumps([[page.name, page.title, page.sections] for page in pages], ensure_ascii=False)
    (folder/"search.js").write_text(f"const pages = {index}\n", encoding="utf-8")  # a script: files may not be fetched
    (folder/"learned.js").write_text(learned_kernels(cfg.nbs_path), encoding="utf-8")
    for path in LOOKS.iterdir():
        if path.name != "page.html": shutil.copy(path, folder)
    return len(pages)

def readme():
    "README.md from the index as it is, for GitHub"
    cfg = get_config(path=ROOT)
    def save(cell, out, data, suffix):
        path = cfg.nbs_path/"images"/f"{cell}.{suffix}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return path.relative_to(ROOT).as_posix()

    cells = read_nb(cfg.nbs_path/"index.ipynb").cells
    parts = []
    for i, cell in enumerate(cells):
        said, _ = directives(joined(cell["source"]))
        name = said["label"].removeprefix("fig-") if "label" in said else f"index-{i}"
        parts.append(cell_markdown(cell, partial(save, name), attributes=False).strip("\n"))
    text = "\n\n".join(part for part in parts if part)
    text = re.sub(r"\]\(((?!https?:|#|nbs/)[\w./-]+\.ipynb)", r"](nbs/\1", text)
    (ROOT/"README.md").write_text(f"<!-- made from nbs/index.ipynb by tools/site.py -->\n\n{text}\n", encoding="utf-8")

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readme", action="store_true", help="write README.md alone")
    args = parser.parse_args()
    readme()
    if not args.readme: print(render(ROOT/"_docs"), "pages in _docs")
