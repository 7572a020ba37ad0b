"""Chapters as Markdown: notebooks with what nbdev adds (signatures, links), for tools/site.py"""
import ast, base64, html, json, os, re
from functools import partial

import yaml
from execnb.nbio import nb2str, read_nb
from nbdev.process import NBProcessor
from nbdev.processors import FilterDefaults, rm_export

def joined(text): return text if isinstance(text, str) else "".join(text)

def directives(source):
    "What the `#|` lines say, as a dictionary, and the lines that are left"
    said, left = {}, []
    for line in source.splitlines():
        found = re.match(r"#\|\s*([\w-]+)\s*:?\s*(.*)$", line)
        if found: said[found[1]] = yaml.safe_load(found[2]) if found[2] else True
        else: left.append(line)
    return said, "\n".join(left).strip("\n")

def fenced(text, kind):
    ticks = "`"*max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{ticks}{kind}\n{text.rstrip()}\n{ticks}"

def picture(path, said, attributes, width=""):
    caption, alt = str(said.get("fig-cap", "")), str(said.get("fig-alt", said.get("fig-cap", "")))
    if not attributes: return f"![{alt or caption}]({path})"
    label = f"#{said['label']} " if "label" in said else ""
    return f"![{caption}]({path}){{{label}.plot {width}alt={json.dumps(html.escape(alt, quote=True), ensure_ascii=False)}}}"

def output(out, said, save, attributes):
    "One output as Markdown. `save(bytes, suffix)` keeps a picture or a sound, and returns where"
    if out["output_type"] == "stream": return fenced(joined(out["text"]), "text")
    data = {kind: joined(value) for kind, value in out.get("data", {}).items() if not kind.endswith("json")}
    if "text/markdown" in data: return data["text/markdown"]
    if "image/svg+xml" in data: return picture(save(data["image/svg+xml"].encode(), "svg"), said, attributes)
    for kind in ("png", "jpeg"):
        if f"image/{kind}" not in data: continue
        pixels = base64.b64decode(data[f"image/{kind}"])
        width = f"width={int.from_bytes(pixels[16:20], 'big')//2} " if kind == "png" else "" # Jupyter saves figures at twice their size
        return picture(save(pixels, kind), said, attributes, width)
    if "text/html" in data: # sounds become files that are fetched when they are played
        def sound(found): return f'preload="none" src="{save(base64.b64decode(found[2]), found[1].removeprefix("x-"))}"'
        player = re.sub(r'<audio[^>]*>\s*<source src="data:audio/([\w-]+);base64,([^"]*)".*?</audio>',
                        lambda found: f"<audio controls {sound(found)}></audio>", data["text/html"], flags=re.S)
        return f"\n{fenced(player.strip(), '{=html}')}\n"
    shown = "" if "application/vnd.jupyter.widget-view+json" in out.get("data", {}) else data.get("text/plain", "")
    return fenced(shown, "text") if shown else ""

def cell_markdown(cell, save, attributes=True):
    "A cell as Markdown; `attributes` of pandoc or plain for GitHub"
    if cell["cell_type"] == "markdown": return joined(cell["source"])
    said, code = directives(joined(cell["source"]))
    if cell["cell_type"] != "code" or "hide" in said or said.get("include") is False: return ""
    parts = [fenced(code, "python")] if code and said.get("echo", True) else []
    if parts and said.get("code-fold"): parts = [folded(said.get("code-summary", "Code"), code)]
    if said.get("output", True): parts += [output(out, said, partial(save, i), attributes) for i, out in enumerate(cell.get("outputs", []))]
    return "\n\n".join(part for part in parts if part)

def folded(title, code): return f"<details>\n<summary>{title}</summary>\n\n{fenced(code, 'python')}\n\n</details>"

# What nbdev adds

def keep_exports(cell):
    "Instead of removing an exported cell, keep its source for `markdown`"
    said = cell.directives_ or {}
    if cell.cell_type != "code" or not said.keys() & {"export", "exporti"} or "hide" in said: return rm_export(cell)
    tree = cell.parsed_() or []
    if all(isinstance(line, (ast.Import, ast.ImportFrom)) for line in tree): del cell["source"]
    else: cell.source = f"#| exported: true\n{cell.source}"

class Chapters(FilterDefaults):
    def base_procs(self): return [keep_exports if proc is rm_export else proc for proc in super().base_procs()]

def process(path):
    "A notebook with the signatures and links that nbdev makes"
    os.environ["IN_TEST"] = "1" # no export while cells run
    notebook = read_nb(path)
    NBProcessor(nb=notebook, procs=Chapters().procs()).process()
    return json.loads(nb2str(notebook))

def api_markdown(cell):
    "What `show_doc` of nbdev has to say, under the full name"
    name = re.search(r"show_doc\(([\w.]+)", joined(cell["source"]))[1]
    text = joined(cell["outputs"][0]["data"]["text/markdown"])
    signature, words = re.search(r"```python\n(.*?)\n```(.*)", text, flags=re.S).groups()
    signature = re.sub(r"\[(`[^`]+`)\]\(https?:[^)]*\)", r"\1", signature) # nbdev makes links within code as well
    words = re.sub(r"\A\*(.*?)\*(?=\n|\Z)", r"\1", words.strip(), flags=re.S).replace("Call self as a function.", "") # Python's word for no docstring
    shown = name.replace("_", r"\_")
    return f"### {shown} {{#api-{name} .api}}\n\n{fenced(signature, '{.python .signature}')}\n\n{words}"

def markdown(notebook, save):
    "All cells; the source of what is exported comes folded below its signatures, and as it is where it has none"
    parts, source, signatures = [], "", []
    for i, cell in enumerate([*notebook["cells"], dict(cell_type="markdown", source="")]):
        said, code = directives(joined(cell["source"])) if cell["cell_type"] == "code" else ({}, "")
        if code.startswith("show_doc("):
            signatures.insert(0, api_markdown(cell)) # nbdev has them backwards
            continue
        if signatures: parts.append("\n\n".join(['<section class="api">', *signatures, *([folded("Source", source)] if source else []), "</section>"]))
        elif source: parts.append(fenced(source, "python"))
        signatures, source = [], code if said.get("exported") else ""
        if not source: parts.append(numbered(cell_markdown(cell, partial(save, i))))
    return "\n\n".join(parts)

def numbered(text):
    "`$$...$$ {#eq-name}` as a span that can have a name"
    return re.sub(r"\$\$((?:(?!\$\$).)+)\$\$\s*\{#(eq-[\w-]+)\}", r"[$$\1$$]{#\2}", text, flags=re.S)
