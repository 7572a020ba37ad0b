"""Run notebooks and save their outputs in place, as `nbdev_test` would run them: `python tools/run_nbs.py nbs/01_stft.ipynb ...`

Cells marked `#| eval: false` or with a flag of `tst_flags` (settings.ini) keep the outputs they have, unless the flag is named: `--flags slow`.
`--check` writes nothing: it says where what is saved is of another kind (text, picture, sound, table) than what the run gave, or missing."""
import argparse, base64, io, sys
from pathlib import Path

from execnb.nbio import read_nb, write_nb
from execnb.shell import CaptureShell
from fastcore.xtras import working_directory
from nbdev.config import get_config
from nbdev.process import NBProcessor
from PIL import Image

def kinds(cell):
    "What a cell shows: stdout, image/png, ..."
    return [out.get("name") or "/".join(sorted(out.get("data", {}))) or out["output_type"] for out in cell.get("outputs", [])]

def slim(outputs):
    "The outputs, their pictures in at most 256 colours, which are a third of the size"
    for data in (out["data"] for out in outputs if "image/png" in out.get("data", {})):
        Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGB").quantize(dither=Image.Dither.NONE).save(slimmed := io.BytesIO(), "PNG", optimize=True)
        data["image/png"] = min(data["image/png"], base64.b64encode(slimmed.getvalue()).decode() + "\n", key=len)
    return outputs

def run(path, flags=(), check=False):
    "Run a notebook. Returns a line for each cell whose saved outputs are of another kind, if it shall only be checked"
    cfg, path = get_config(), Path(path).absolute()
    skipped = set(cfg.tst_flags.split()) - set(flags)
    processed = NBProcessor(path, process=True).nb
    def skip(cell):
        if cell.cell_type != "code" or "nbdev_export(" in cell.source: return True
        directives = getattr(cell, "directives_", None) or {}
        return directives.get("eval:", [""])[0].lower() == "false" or bool(skipped & directives.keys())
    for cell in processed.cells:
        if cell.cell_type == "code": cell.outputs = []
    sys.path.insert(0, str(cfg.config_path))
    with working_directory(path.parent): CaptureShell(path).run_all(processed, exc_stop=True, preproc=skip)
    notebook = read_nb(path) # the processed copy has lost its directives: only outputs are carried over
    fresh = [(cell, ran) for cell, ran in zip(notebook.cells, processed.cells, strict=True) if cell.cell_type == "code" and not skip(ran)]
    if check: return [f"{path.name}, cell {cell.idx_}: saved {kinds(cell)}, a run gives {kinds(ran)}" for cell, ran in fresh if kinds(cell) != kinds(ran)]
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
