"""Chapters as Markdown: notebooks with what nbdev adds (signatures, links), for tools/site.py"""
import ast
import base64
import html
import json
import os
import re
from functools import partial

import yaml
from execnb.nbio import nb2str, read_nb
from nbdev.process import NBProcessor
from nbdev.processors import FilterDefaults, rm_export

WIDGET = "application/vnd.jupyter.widget-view+json"
AUDIO = r'<audio[^>]*>\s*<source src="data:audio/([\w-]+);base64,([^"]*)".*?</audio>'

# Cells

def joined(text):
    "The text of a cell or an output, which a notebook may keep as a list of lines"
    return text if isinstance(text, str) else "".join(text)

def directives(source):
    "What the `#|` lines of a cell say, as a dictionary, and the lines that are left"
    said, left = {}, []
    for line in source.splitlines():
        found = re.match(r"#\|\s*([\w-]+)\s*:?\s*(.*)$", line)
        if found: said[found[1]] = yaml.safe_load(found[2]) if found[2] else True
        else: left.append(line)
    return said, "\n".join(left).strip("\n")

def fenced(text, kind):
    "A code block, with a fence longer than any within"
    longest = max(map(len, re.findall("`+", text)), default=0)
    ticks = "`"*max(3, longest + 1)
    return f"{ticks}{kind}\n{text.rstrip()}\n{ticks}"

def folded(title, code):
    "Code that a reader opens"
    return f"<details>\n<summary>{title}</summary>\n\n{fenced(code, 'python')}\n\n</details>"

def image(path, said, attributes, width=""):
    "A figure with what its cell says of it: caption, alternative text, label"
    caption = str(said.get("fig-cap", ""))
    alt = str(said.get("fig-alt", caption))
    if not attributes: return f"![{alt or caption}]({path})"
    label = f"#{said['label']} " if "label" in said else ""
    quoted = json.dumps(html.escape(alt, quote=True), ensure_ascii=False)
    return f"![{caption}]({path}){{{label}.plot {width}alt={quoted}}}"

def players(text, save):
    "HTML whose sounds are files of their own, fetched when they are played"
    def player(found):
        kind = found[1].removeprefix("x-")
        path = save(base64.b64decode(found[2]), kind)
        return f'<audio controls preload="none" src="{path}"></audio>'
    return re.sub(AUDIO, player, text, flags=re.S)

def output(out, said, save, attributes):
    "One output as Markdown. `save(bytes, suffix)` keeps an image or a sound, and returns its path"
    if out["output_type"] == "stream": return fenced(joined(out["text"]), "text")
    data = {kind: joined(value) for kind, value in out.get("data", {}).items() if not kind.endswith("json")}
    if "text/markdown" in data: return data["text/markdown"]
    if "image/svg+xml" in data:
        return image(save(data["image/svg+xml"].encode(), "svg"), said, attributes)
    if "image/png" in data:
        pixels = base64.b64decode(data["image/png"])
        width = int.from_bytes(pixels[16:20], "big")//2  # Jupyter saves figures at twice their size
        return image(save(pixels, "png"), said, attributes, f"width={width} ")
    if "image/jpeg" in data:
        return image(save(base64.b64decode(data["image/jpeg"]), "jpeg"), said, attributes)
    if "text/html" in data:
        return f"\n{fenced(players(data['text/html'], save).strip(), '{=html}')}\n"
    shown = "" if WIDGET in out.get("data", {}) else data.get("text/plain", "")
    return fenced(shown, "text") if shown else ""

def cell_markdown(cell, save, attributes=True):
    "A cell as Markdown, with `attributes` for pandoc, or without them for GitHub"
    if cell["cell_type"] == "markdown": return joined(cell["source"])
    said, code = directives(joined(cell["source"]))
    if cell["cell_type"] != "code" or "hide" in said or said.get("include") is False: return ""
    parts = []
    if code and said.get("echo", True):
        fold = said.get("code-fold")
        parts.append(folded(said.get("code-summary", "Code"), code) if fold else fenced(code, "python"))
    if said.get("output", True):
        for i, out in enumerate(cell.get("outputs", [])):
            parts.append(output(out, said, partial(save, i), attributes))
    return "\n\n".join(part for part in parts if part)

# What nbdev adds

def keep_exports(cell):
    "Instead of removing an exported cell, keep its source for `markdown`"
    said = cell.directives_ or {}
    exported = said.keys() & {"export", "exporti"}
    if cell.cell_type != "code" or not exported or "hide" in said: return rm_export(cell)
    tree = cell.parsed_() or []
    if all(isinstance(line, (ast.Import, ast.ImportFrom)) for line in tree): del cell["source"]
    else: cell.source = f"#| exported: true\n{cell.source}"

class Chapters(FilterDefaults):
    "nbdev's processors, with the source of what is exported"
    def base_procs(self):
        return [keep_exports if proc is rm_export else proc for proc in super().base_procs()]

def process(path):
    "A notebook with the signatures and links that nbdev makes"
    os.environ["IN_TEST"] = "1"  # no export while cells run
    notebook = read_nb(path)
    NBProcessor(nb=notebook, procs=Chapters().procs()).process()
    return json.loads(nb2str(notebook))

def api_markdown(cell):
    "What `show_doc` of nbdev has to say, under the full name"
    name = re.search(r"show_doc\(([\w.]+)", joined(cell["source"]))[1]
    text = joined(cell["outputs"][0]["data"]["text/markdown"])
    signature, words = re.search(r"```python\n(.*?)\n```(.*)", text, flags=re.S).groups()
    signature = re.sub(r"\[(`[^`]+`)\]\(https?:[^)]*\)", r"\1", signature)  # nbdev makes links within code as well
    words = re.sub(r"\A\*(.*?)\*(?=\n|\Z)", r"\1", words.strip(), flags=re.S)
    words = words.replace("Call self as a function.", "")  # what Python says where there is no docstring
    shown = name.replace("_", r"\_")
    return f"### {shown} {{#api-{name} .api}}\n\n{fenced(signature, '{.python .signature}')}\n\n{words}"

def api_section(signatures, source):
    "Signatures and, folded below them, the source"
    parts = ['<section class="api">', *signatures]
    if source: parts.append(folded("Source", source))
    return "\n\n".join([*parts, "</section>"])

def markdown(notebook, save):
    "All cells. Exported source comes folded below its signatures, and as it is where it has none"
    parts, source, signatures = [], "", []
    end = dict(cell_type="markdown", source="")
    for i, cell in enumerate([*notebook["cells"], end]):
        said, code = directives(joined(cell["source"])) if cell["cell_type"] == "code" else ({}, "")
        if code.startswith("show_doc("):
            signatures.insert(0, api_markdown(cell))  # nbdev has them backwards
            continue
        if signatures: parts.append(api_section(signatures, source))
        elif source: parts.append(fenced(source, "python"))
        signatures = []
        source = code if said.get("exported") else ""
        if not source: parts.append(numbered(cell_markdown(cell, partial(save, i))))
    return "\n\n".join(parts)

def numbered(text):
    "`$$...$$ {#eq-name}` as a span that can have a name"
    return re.sub(r"\$\$((?:(?!\$\$).)+)\$\$\s*\{#(eq-[\w-]+)\}", r"[$$\1$$]{#\2}", text, flags=re.S)
