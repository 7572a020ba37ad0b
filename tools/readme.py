"""Write README.md from nbs/index.ipynb: `python tools/readme.py`

What `nbdev_readme` does where Quarto is installed. Pictures go to nbs/images; cells marked `#| hide` stay out."""
import base64, json, re
from pathlib import Path

root = Path(__file__).parents[1]

def fenced(text, language=""): return f"```{language}\n{text.rstrip()}\n```"

def output(out, name, alt=""):
    data = out.get("data", {})
    if out["output_type"] == "stream": return fenced("".join(out["text"]), "text")
    if "text/markdown" in data: return "".join(data["text/markdown"])
    if "image/png" in data:
        path = root/"nbs"/"images"/f"{name}.png"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(base64.b64decode("".join(data["image/png"])))
        return f"![{alt}]({path.relative_to(root).as_posix()})"
    return fenced("".join(data["text/plain"]), "text") if "text/plain" in data else ""

def code(cell, i):
    lines = "".join(cell["source"]).splitlines()
    directives = {re.sub(r"^#\|\s*", "", line).strip() for line in lines if line.startswith("#|")}
    if "hide" in directives: return []
    alt = next((d.removeprefix("fig-alt: ") for d in directives if d.startswith("fig-alt: ")), "")
    source = "\n".join(line for line in lines if not line.startswith("#|"))
    shown = [] if "echo: false" in directives else [fenced(source, "python")]
    return shown + [output(out, f"index-{i}", alt) for out in cell["outputs"]]

def readme(notebook):
    parts = []
    for i, cell in enumerate(notebook["cells"]):
        parts += ["".join(cell["source"])] if cell["cell_type"] == "markdown" else code(cell, i) if cell["cell_type"] == "code" else []
    text = "\n\n".join(part.strip("\n") for part in parts if part) + "\n"
    return re.sub(r"\]\(((?!https?:|#|nbs/)[\w./-]+\.ipynb)", r"](nbs/\1", text)

if __name__ == "__main__":
    notebook = json.loads((root/"nbs/index.ipynb").read_text(encoding="utf-8"))
    (root/"README.md").write_text("<!-- made from nbs/index.ipynb by tools/readme.py -->\n\n" + readme(notebook), encoding="utf-8")
