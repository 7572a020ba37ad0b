"""Chapters as Markdown: notebooks with what nbdev adds (signatures, links), for tools/site.py"""
import ast
import base64
import html
import io
import json
import os
import re
from functools import partial
from string import Template

import numpy as np
import soundfile
import yaml
from execnb.nbio import nb2str, read_nb
from nbdev.process import NBProcessor
from nbdev.processors import FilterDefaults, rm_export
from PIL import Image
from scipy.signal import spectrogram

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
    lines = len(code.splitlines())
    size = f'<span class="lines">{lines} {"line" if lines == 1 else "lines"}</span>'
    return f"<details>\n<summary>{title} {size}</summary>\n\n{fenced(code, 'python')}\n\n</details>"

# What is folded although its cell does not say so

REFUSALS = {"test_fail", "expect_fail"}

def called(tree):
    "The names of the functions that are called in a tree, those of methods without their object"
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [getattr(call, "id", getattr(call, "attr", "")) for call in calls]

def is_drawing(code, outputs):
    "Does a cell make a figure in more than a few lines?"
    has_figure = any(kind.startswith("image/") for out in outputs for kind in out.get("data", {}))
    return has_figure and len(code.splitlines()) > 3

def fold_title(code, outputs):
    "`Plot`, `Test` or `Error cases` for code beside the story; empty for what a reader should see at once"
    if is_drawing(code, outputs): return "Plot"
    if outputs: return ""
    try: tree = ast.parse(code)
    except SyntaxError: return ""  # `!pip ...`
    tests = [name for name in called(tree) if name.startswith("test_") or name in REFUSALS]
    asserts = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    if not (tests or asserts): return ""
    return "Error cases" if not asserts and set(tests) <= REFUSALS else "Test"

def private_title(code):
    "`Helper` for exported code all of whose names are private, else empty"
    names = []
    for line in ast.parse(code).body:
        if isinstance(line, (ast.FunctionDef, ast.ClassDef)): names.append(line.name)
        elif isinstance(line, ast.Assign): names += [getattr(target, "id", "") for target in line.targets]
        elif not isinstance(line, (ast.Import, ast.ImportFrom)): return ""
    if not all(name.startswith("_") for name in names): return ""
    return "Helper" if len(names) == 1 else "Helpers"

# Outputs

def image(path, said, attributes, width=""):
    "A figure with what its cell says of it: caption, alternative text, label"
    caption = str(said.get("fig-cap", ""))
    alt = str(said.get("fig-alt", caption))
    if not attributes: return f"![{alt or caption}]({path})"
    label = f"#{said['label']} " if "label" in said else ""
    quoted = json.dumps(html.escape(alt, quote=True), ensure_ascii=False)
    kinds = " ".join(f".{kind}" for kind in ["plot", *str(said.get("classes", "")).split()])
    return f"![{caption}]({path}){{{label}{kinds} {width}alt={quoted}}}"

# Dark violet, red, yellow, white: the levels of a spectrogram
COLOURS = np.array([[12, 7, 45], [91, 20, 110], [187, 55, 84], [249, 142, 9], [252, 240, 180]])

def sound_picture(x, sample_rate, width=480, height=72):
    "The spectrogram of a sound as a small PNG: 70 dB, from 0 Hz at the foot to half the sample rate"
    x = x.mean(1) if x.ndim == 2 else x
    nfft = min(512, len(x))
    _, _, power = spectrogram(x, sample_rate, nperseg=nfft, noverlap=nfft*3//4, nfft=1024)
    db = 10*np.log10(power + 1e-14)
    shade = np.clip(1 + (db - db.max())/70, 0, 1)*63
    ramp = [np.interp(np.linspace(0, 4, 64), range(5), channel) for channel in COLOURS.T]
    picture = Image.fromarray(np.flipud(shade).astype(np.uint8), "P").resize((width, height), Image.Resampling.NEAREST)
    picture.putpalette(np.stack(ramp, 1).astype(np.uint8).tobytes())
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()

PLAYER = Template('''<figure class="sound">
<div class="heard">
<img src="$picture" alt="Spectrogram of the sound, 0 to $top kHz" width="480" height="72" loading="lazy"><i></i>
</div>
<audio controls preload="none" src="$path" aria-label="$words, $seconds s"></audio>
<figcaption>$words · $seconds s</figcaption>
</figure>''')

def player(data, kind, words, save):
    "A sound with its spectrogram in one row. The sound is a file of its own, fetched when it is played"
    x, sample_rate = soundfile.read(io.BytesIO(data))
    what = dict(path=save(data, kind), picture=save(sound_picture(x, sample_rate), "png"))
    return PLAYER.substitute(
        what, words=html.escape(words, quote=True), seconds=f"{len(x)/sample_rate:.1f}", top=f"{sample_rate/2000:g}")

def players(text, words, save):
    "HTML with its sounds as players"
    def replaced(found):
        return player(base64.b64decode(found[2]), found[1].removeprefix("x-"), words, save)
    return re.sub(AUDIO, replaced, text, flags=re.S)

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
        words = str(said.get("sound", "Sound"))
        return f"\n{fenced(players(data['text/html'], words, save).strip(), '{=html}')}\n"
    shown = "" if WIDGET in out.get("data", {}) else data.get("text/plain", "")
    return fenced(shown, "text") if shown else ""

def is_sound(out): return "<audio" in joined(out.get("data", {}).get("text/html", ""))

def cell_markdown(cell, save, attributes=True):
    "A cell as Markdown, with `attributes` for pandoc, or without them for GitHub"
    if cell["cell_type"] == "markdown": return joined(cell["source"])
    said, code = directives(joined(cell["source"]))
    if cell["cell_type"] != "code" or "hide" in said or said.get("include") is False: return ""
    parts = []
    if code and said.get("echo", True):
        title = fold_title(code, cell.get("outputs", []))
        if "code-fold" in said: title = said.get("code-summary", "Code") if said["code-fold"] else ""
        parts.append(folded(title, code) if attributes and title else fenced(code, "python"))
    if said.get("output", True):
        outputs = cell.get("outputs", [])
        for i, out in enumerate(outputs):
            following = outputs[i + 1:i + 2]
            if attributes and "text/markdown" in out.get("data", {}) and any(map(is_sound, following)):
                said["sound"] = joined(out["data"]["text/markdown"])  # the name of the sound after it
            else: parts.append(output(out, said, partial(save, i), attributes))
    return "\n\n".join(part for part in parts if part)

# What nbdev adds

def is_import(line):
    "An import, a choice of imports, or the list of names that are handed on"
    if isinstance(line, ast.Assign): return getattr(line.targets[0], "id", "") == "_all_"
    if isinstance(line, ast.Try): return all(map(is_import, [*line.body, *(h.body[0] for h in line.handlers)]))
    return isinstance(line, (ast.Import, ast.ImportFrom))

def are_imports(code):
    "Is this code, and nothing but imports?"
    try: lines = ast.parse(code).body
    except SyntaxError: return False  # `!pip ...`
    return bool(lines) and all(map(is_import, lines))

def keep_exports(cell):
    "Instead of removing an exported cell, keep its source for `markdown`"
    said = cell.directives_ or {}
    exported = said.keys() & {"export", "exporti"}
    if cell.cell_type != "code" or not exported or "hide" in said: return rm_export(cell)
    tree = cell.parsed_() or []
    if all(map(is_import, tree)): del cell["source"]
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
    notebook = json.loads(nb2str(notebook))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown": cell["source"] = single_links(joined(cell["source"]))
    return notebook

NAME_LINK = r"\[(`[^`]+`)\]\([^)]*\)"

def single_links(text):
    "Names within a link as the notebook has them: nbdev makes links of these as well"
    def unlinked(found): return "[" + re.sub(NAME_LINK, r"\1", found[1]) + "]("
    return re.sub(rf"\[((?:[^][]*{NAME_LINK})+[^][]*)\]\(", unlinked, text)

def wrapped(signature, width=76):
    "A signature whose long lines of arguments without comments are filled anew, so that they fit the page"
    lines = []
    for line in signature.splitlines():
        plain = line.startswith("    ") and "#" not in line
        for i, argument in enumerate(re.findall(r"\S.*?(?:, (?=[\w*]+:)|$)", line) if plain else []):
            fits = lines and lines[-1].startswith("    ") and "#" not in lines[-1] and len(lines[-1] + argument) < width
            if fits: lines[-1] += ("" if i else " ") + argument
            else: lines.append("    " + argument)
        if not plain: lines.append(line)
    return "\n".join(line.rstrip() for line in lines)

def of_class(signature):
    "A signature as a class has it; one that takes anything is its parent's, and says nothing"
    signature = re.sub(r"^(\s*)def ", r"\1class ", signature)
    signature = re.sub(r"\)\s*->\s*None\s*:", "):", signature)
    return re.sub(r"\(\s*\*args(?::Any)?,\s*\*\*kwargs(?::Any)?,?\s*\)", "()", signature)

def api_markdown(cell, level):
    "What `show_doc` of nbdev has to say, under the full name as a heading"
    name = re.search(r"show_doc\(([\w.]+)", joined(cell["source"]))[1]
    text = joined(cell["outputs"][0]["data"]["text/markdown"])
    signature, words = re.search(r"```python\n(.*?)\n```(.*)", text, flags=re.S).groups()
    signature = re.sub(r"\[(`[^`]+`)\]\(https?:[^)]*\)", r"\1", signature)  # nbdev makes links within code as well
    if name.split(".")[-1][0].isupper(): signature = of_class(signature)
    signature = wrapped(re.sub(r"\b(?:__main__|torch\.nn\.modules\.\w+)\.", "", signature))
    signature = re.sub(r"<(?:class '(?:\w+\.)*(\w+)'|function (?:\w+\.)*(\w+) at 0x\w+)>", r"\1\2", signature)
    words = re.sub(r"\A\*(.*?)\*(?=\n|\Z)", r"\1", words.strip(), flags=re.S)
    words = words.replace("Call self as a function.", "")  # what Python says where there is no docstring
    shown = name.replace("_", r"\_")
    return f"{'#'*level} {shown} {{#api-{name} .api}}\n\n{fenced(signature, '{.python .signature}')}\n\n{words}"

def api_section(signatures, source, said):
    "Signatures and, below them, the source. `code-fold: false` opens the source, `code-fold: true` folds all of it"
    parts = ['<section class="api">', *signatures]
    if source: parts.append(fenced(source, "python") if said.get("code-fold") is False else folded("Source", source))
    parts.append("</section>")
    if said.get("code-fold"):
        parts = ["<details>", f"<summary>{said.get('code-summary', 'Code')}</summary>", *parts, "</details>"]
    return "\n\n".join(parts)

def bare_source(source, said):
    "Exported source without a signature"
    title = private_title(source)
    if "code-fold" in said: title = said.get("code-summary", "Code") if said["code-fold"] else ""
    return folded(title, source) if title else fenced(source, "python")

def markdown(notebook, save):
    "All cells. Exported source comes folded below its signatures, and as it is where it has none"
    parts, source, signatures, wishes = [], "", [], {}
    end = dict(cell_type="markdown", source="")
    for i, cell in enumerate([*notebook["cells"], end]):
        said, code = directives(joined(cell["source"])) if cell["cell_type"] == "code" else ({}, "")
        if code.startswith("show_doc("):
            level = 3 if any(re.search("^## ", part, flags=re.M) for part in parts) else 2
            signatures.insert(0, api_markdown(cell, level))  # nbdev has them backwards
            continue
        if signatures: parts.append(api_section(signatures, source, wishes))
        elif source: parts.append(bare_source(source, wishes))
        signatures = []
        source = code if said.get("exported") else ""
        wishes = said
        begins = all(part.startswith("<!--") for part in parts if part)  # nothing was said yet
        if begins and "hide" not in said and are_imports(code): parts.append(folded("Imports", code))
        elif not source: parts.append(numbered(cell_markdown(cell, partial(save, i))))
    return "\n\n".join(parts)

def numbered(text):
    "`$$...$$ {#eq-name}` as a span that can have a name"
    return re.sub(r"\$\$((?:(?!\$\$).)+)\$\$\s*\{#(eq-[\w-]+)\}", r"[$$\1$$]{#\2}", text, flags=re.S)
