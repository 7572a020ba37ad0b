"""Render the notebooks to a site in _docs, and README.md from the index, offline: `python tools/site.py`

What `nbdev_docs` does where Quarto is installed. nbdev processes the notebooks, pandoc turns Markdown and equations into HTML; nothing is
executed but what the signatures need, so figures and sounds are those saved in the notebooks. `_quarto.yml` gives the sections of the
sidebar, the names of the files their order. `--readme` writes README.md alone."""
import argparse, html, json, os, re, shutil
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from string import Template

import pypandoc, yaml
from execnb.nbio import read_nb
from fastcore.parallel import parallel
from nbdev.config import get_config

from chapters import cell_markdown, joined, markdown, process

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
    name: str                                    # of its file
    blocks: list                                 # pandoc's
    numbers: dict = field(default_factory=dict)  # of its labelled figures and equations
    heads: list = field(default_factory=list)    # (level, anchor, text, is it a signature?)
    sections: list = field(default_factory=list) # [anchor, heading, text], to be searched

def walk(node, change):
    "Rebuild pandoc's tree from the leaves; `change` returns an element, itself or another"
    if isinstance(node, list): return [walk(child, change) for child in node]
    if not isinstance(node, dict): return node
    node = {key: walk(child, change) for key, child in node.items()}
    return change(node) if "t" in node else node

def plain(node):
    "The words of a part of the tree"
    if isinstance(node, list): return "".join(map(plain, node))
    if not isinstance(node, dict): return ""
    kind, inner = node.get("t"), node.get("c")
    if kind == "Str": return inner
    if kind in ("Space", "SoftBreak", "LineBreak"): return " "
    if kind in ("Code", "Math"): return inner[1]
    if kind == "CodeBlock": return inner[1] + " " if "signature" in inner[0][1] else ""
    if kind in ("RawBlock", "RawInline"): return ""
    if kind == "Quoted": return f'"{plain(inner[1])}"'
    if kind == "Table": return " ".join(plain(cell[-1]) for part in (inner[3][1], *(body[3] for body in inner[4])) for row in part for cell in row[1])
    if kind in ("Para", "Plain"): return plain(inner) + " "
    return plain(inner)

def read_page(source, notebook, folder):
    "A processed notebook as a page. Its pictures and sounds go to `folder`"
    front = yaml.safe_load(joined(notebook["cells"][0]["source"]).strip().strip("-"))
    def save(cell, out, data, suffix):
        path = folder/"files"/f"{source.stem}-{cell}{f'-{out}' if out else ''}.{suffix}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return path.relative_to(folder).as_posix()
    text = markdown(dict(cells=notebook["cells"][1:]), save)
    blocks = json.loads(pypandoc.convert_text(text, "json", format=READ, extra_args=["--columns=10000"]))["blocks"]
    page = Page(source, str(front["title"]), str(front.get("description", "")), front.get("output-file", f"{source.stem}.html"), blocks)
    page.sections.append(["", page.title, page.summary.replace("`", "") + " "])
    def number(node):
        if node["t"] in ("Figure", "Span", "Div", "Table") and re.match(rf"({'|'.join(KINDS)})-", label := node["c"][0][0]):
            page.numbers[label] = 1 + sum(other.split("-")[0] == label.split("-")[0] for other in page.numbers)
        return node
    walk(blocks, number)
    def cut(blocks): # into what stands below each heading
        for block in blocks:
            if block["t"] == "Header":
                level, (anchor, *_), words = block["c"]
                page.heads.append((level, anchor, plain(words), "api" in block["c"][1][1]))
                page.sections.append([anchor, plain(words), ""])
            elif block["t"] == "Div": cut(block["c"][1])
            else: page.sections[-1][2] += plain(block) + " "
    cut(blocks)
    return page

def link(node, page, pages, cfg):
    "Where a link of a notebook leads on the site; what is not of the site lies in the repository"
    attr, words, (target, title) = node["c"]
    home = f"{cfg.doc_host.rstrip('/')}/{cfg.doc_baseurl.strip('/')}/"
    path, _, anchor = target.removeprefix(home).partition("#")
    if target.startswith(home): # a name that nbdev knows: to its signature, or where it is defined
        there = next(other for other in pages if other.name == path)
        anchor = next((at for _, at, *_ in there.heads if at.lower() == f"api-{anchor}"), "")
    if path.endswith(".ipynb") and not re.match(r"\w+:", path):
        path = next((other.name for other in pages if other.source.name == path), path)
    elif path and not re.match(r"\w+:", path) and not path.endswith(".html"):
        place = (page.source.parent/path).resolve()
        if place.is_relative_to(ROOT) and place.exists(): path = f"{cfg.git_url}/blob/{cfg.branch}/{place.relative_to(ROOT).as_posix()}"
    if anchor and path == page.name: path = ""
    return dict(t="Link", c=[attr, words, [f"{path}#{anchor}" if anchor else path or "#", title]])

def referred(node, page, pages):
    "`@fig-name` as a link with the figure's number"
    label = node["c"][0][0]["citationId"]
    if label.split("-")[0] not in KINDS or "-" not in label: return dict(t="Span", c=[["", [], []], node["c"][1]])
    found = [page] if label in page.numbers else [other for other in pages if label in other.numbers]
    if len(found) != 1: raise SystemExit(f"{page.source.name}: @{label} is in {len(found)} chapters")
    words = f"{KINDS[label.split('-')[0]]}\u00a0{found[0].numbers[label]}" + ("" if found[0] is page else f" of {found[0].title}")
    return dict(t="Link", c=[["", [], []], [dict(t="Str", c=words)], [f"{'' if found[0] is page else found[0].name}#{label}", ""]])

def finished(page, pages, cfg, folder):
    "The tree of a page with its links, references and numbers, as HTML"
    def box(node, kind): return dict(t="Div" if node["t"] == "Table" else "Span", c=[["", [kind], []], [node]])
    def change(node):
        kind, inner = node["t"], node.get("c")
        if kind == "Cite": return referred(node, page, pages)
        if kind == "Link" and inner[2][0].startswith("mailto:"): return dict(t="Span", c=[["", [], []], inner[1]]) # a name such as window@10
        if kind == "Link": return link(node, page, pages, cfg)
        if kind == "Table": return box(node, "table")
        if kind == "Math" and inner[0]["t"] == "DisplayMath": return box(node, "equation")
        if kind == "Span" and inner[0][0] in page.numbers:
            inner[1].append(dict(t="Span", c=[["", ["number"], []], [dict(t="Str", c=f"({page.numbers[inner[0][0]]})")]]))
            inner[0][1].append("numbered")
        if kind == "Figure" and inner[0][0] in page.numbers and inner[1][1]:
            name = f"{KINDS[inner[0][0].split('-')[0]]}\u00a0{page.numbers[inner[0][0]]}."
            inner[1][1][0]["c"][:0] = [dict(t="Strong", c=[dict(t="Str", c=name)]), dict(t="Space")]
        if kind == "Image" and (picture := page.source.parent/inner[2][0]).is_file():
            (folder/inner[2][0]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(picture, folder/inner[2][0])
        if kind == "Header":
            inner[2].append(dict(t="Link", c=[["", ["anchor"], [["aria-label", "Link to this place"]]], [dict(t="Str", c="#")], [f"#{inner[1][0]}", ""]]))
        return node
    tree = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": walk(page.blocks, change)}
    return pypandoc.convert_text(json.dumps(tree), "html5", format="json", extra_args=["--mathml", "--wrap=none"])

# The site

def sections(nbs):
    "[(section or None, [notebook, ...]), ...] in reading order, after the sidebar of _quarto.yml"
    contents = yaml.safe_load((ROOT/"_quarto.yml").read_text(encoding="utf-8"))["website"]["sidebar"]["contents"]
    found = [(None, [nbs/entry]) if isinstance(entry, str) else
             (entry["section"], sorted(path for part in entry["contents"] for path in nbs.glob(part["auto"]))) for entry in contents]
    left = {path for path in nbs.glob("*.ipynb") if path.name[0] not in "_."} - {path for _, paths in found for path in paths}
    if left: raise SystemExit(f"in no section of _quarto.yml: {', '.join(sorted(path.name for path in left))}")
    return [(title, paths) for title, paths in found if paths]

def entry(page, here, kind=""):
    place = ' aria-current="page"' if page is here else ""
    return f'<a href="{page.name}"{kind}{place}>{html.escape(page.title)}</a>'

def sidebar(parts, here):
    groups = [(f"<h2>{html.escape(title)}</h2>" if title else "") + "".join(entry(page, here) for page in pages) for title, pages in parts]
    return "\n".join(f"<section>{group}</section>" for group in groups)

def contents(page):
    return "\n".join(f'<a class="level{level}{" api" if api else ""}" href="#{anchor}">{html.escape(text)}</a>'
                     for level, anchor, text, api in page.heads if level < 4)

def render(folder):
    "Write the site to `folder`"
    cfg = get_config(path=ROOT)
    parts = sections(cfg.nbs_path)
    paths = [path for _, some in parts for path in some]
    notebooks = parallel(process, paths, n_workers=min(4, os.cpu_count()), method="spawn")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pages = [read_page(path, notebook, folder) for path, notebook in zip(paths, notebooks, strict=True)]
    rest = iter(pages)
    parts = [(title, [next(rest) for _ in some]) for title, some in parts]
    template = Template((LOOKS/"page.html").read_text(encoding="utf-8"))
    for before, page, after in zip([None, *pages], pages, [*pages[1:], None]):
        words = dict(title=html.escape(page.title), words=html.escape(page.summary.replace("`", "")),
            summary=re.sub("`(.+?)`", r"<code>\1</code>", html.escape(page.summary)), site=html.escape(cfg.title), repository=cfg.git_url,
            notebook=f"{cfg.git_url}/blob/{cfg.branch}/nbs/{page.source.name}", license=cfg.copyright, sidebar=sidebar(parts, page), contents=contents(page),
            before=entry(before, page, ' rel="prev"') if before else "", after=entry(after, page, ' rel="next"') if after else "")
        (folder/page.name).write_text(template.substitute(words, body=finished(page, pages, cfg, folder)), encoding="utf-8")
    index = [[page.name, page.title, page.sections] for page in pages]
    (folder/"search.js").write_text(f"const pages = {json.dumps(index, ensure_ascii=False)}\n", encoding="utf-8") # a script: files may not be fetched
    for name in ("site.css", "site.js"): shutil.copy(LOOKS/name, folder)
    return len(pages)

def readme():
    "README.md from the index as it is, for GitHub"
    cfg = get_config(path=ROOT)
    def save(cell, out, data, suffix):
        path = cfg.nbs_path/"images"/f"index-{cell}.{suffix}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return path.relative_to(ROOT).as_posix()
    parts = [cell_markdown(cell, partial(save, i), attributes=False).strip("\n") for i, cell in enumerate(read_nb(cfg.nbs_path/"index.ipynb").cells)]
    text = re.sub(r"\]\(((?!https?:|#|nbs/)[\w./-]+\.ipynb)", r"](nbs/\1", "\n\n".join(part for part in parts if part))
    (ROOT/"README.md").write_text(f"<!-- made from nbs/index.ipynb by tools/site.py -->\n\n{text}\n", encoding="utf-8")

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readme", action="store_true", help="write README.md alone")
    args = parser.parse_args()
    readme()
    if not args.readme: print(render(ROOT/"_docs"), "pages in _docs")
