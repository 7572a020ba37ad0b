"""Run notebooks and save their outputs: `python tools/run_nbs.py nbs/03_stft.ipynb ...`

They run as under `nbdev_test`. Cells marked `#| eval: false` or with a flag of `tst_flags` (settings.ini) keep the
outputs they have, unless the flag is named: `--flags slow`. `--check` writes nothing: it says where a saved output is
missing, or of another kind (text, image, sound, table) than what the run gave."""
import argparse
import base64
import io
import sys
from pathlib import Path

from execnb.nbio import read_nb, write_nb
from execnb.shell import CaptureShell
from fastcore.xtras import working_directory
from nbdev.config import get_config
from nbdev.process import NBProcessor
from PIL import Image

def kind(out):
    "What an output is: stdout, image/png, ..."
    return out.get("name") or "/".join(sorted(out.get("data", {}))) or out["output_type"]

def kinds(cell): return [kind(out) for out in cell.get("outputs", [])]

def slim_png(text):
    "A PNG (base64) in at most 256 colours, about a third of the size; or as it was, if that is smaller"
    image = Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB")
    slimmed = io.BytesIO()
    image.quantize(dither=Image.Dither.NONE).save(slimmed, "PNG", optimize=True)
    return min(text, base64.b64encode(slimmed.getvalue()).decode() + "\n", key=len)

def slim(outputs):
    "The outputs with smaller images"
    for out in outputs:
        data = out.get("data", {})
        if "image/png" in data: data["image/png"] = slim_png(data["image/png"])
    return outputs

def is_skipped(cell, left_out):
    "Does a test run leave this cell out? `left_out` are the flags that are not run"
    if cell.cell_type != "code" or "nbdev_export(" in cell.source: return True
    directives = getattr(cell, "directives_", None) or {}
    return directives.get("eval:", [""])[0].lower() == "false" or bool(left_out & directives.keys())

def run(path, flags=(), check=False):
    "Run a notebook. If it shall only be checked, returns a line for each cell whose saved outputs are of another kind"
    cfg, path = get_config(), Path(path).absolute()
    left_out = set(cfg.tst_flags.split()) - set(flags)
    def skip(cell): return is_skipped(cell, left_out)

    processed = NBProcessor(path, process=True).nb
    for cell in processed.cells:
        if cell.cell_type == "code": cell.outputs = []
    sys.path.insert(0, str(cfg.config_path))
    with working_directory(path.parent): CaptureShell(path).run_all(processed, exc_stop=True, preproc=skip)

    notebook = read_nb(path)  # the processed copy has lost its directives: only outputs are carried over
    pairs = zip(notebook.cells, processed.cells, strict=True)
    fresh = [(cell, ran) for cell, ran in pairs if cell.cell_type == "code" and not skip(ran)]
    if check:
        return [f"{path.name}, cell {cell.idx_}: saved {kinds(cell)}, a run gives {kinds(ran)}"
                for cell, ran in fresh if kinds(cell) != kinds(ran)]
    for cell, ran in fresh: cell.outputs = slim(ran.get("outputs", []))
    write_nb(notebook, path)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="+")
    parser.add_argument("--flags", nargs="*", default=[])
    parser.add_argument("--check", action="store_true", help="write nothing, compare the kinds of outputs")
    args = parser.parse_args()
    wrong = []
    for notebook in args.notebooks:
        wrong += run(notebook, args.flags, args.check) or []
        print(notebook, "run" if args.check else "saved")
    sys.exit("\n".join(wrong) or 0)
