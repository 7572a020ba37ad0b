"""Run notebooks and save their outputs in place, as `nbdev_test` would run them: `python tools/run_nbs.py nbs/01_stft.ipynb ...`

Cells marked `#| eval: false` or with a flag of `tst_flags` (settings.ini) keep the outputs they have, unless the flag is named: `--flags slow`."""
import argparse, sys
from pathlib import Path

from execnb.nbio import read_nb, write_nb
from execnb.shell import CaptureShell
from fastcore.xtras import working_directory
from nbdev.config import get_config
from nbdev.process import NBProcessor

def run(path, flags=()):
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
    for cell, ran in zip(notebook.cells, processed.cells, strict=True):
        if cell.cell_type == "code" and not skip(ran): cell.outputs = ran.get("outputs", [])
    write_nb(notebook, path)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="+")
    parser.add_argument("--flags", nargs="*", default=[])
    args = parser.parse_args()
    for notebook in args.notebooks:
        run(notebook, args.flags)
        print(notebook, "saved")
