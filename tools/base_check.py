"""Run the layer's notebooks where torch, numpy and scipy are all there is: `python tools/base_check.py nbs/0*.ipynb`

It needs neither IPython nor nbdev, and imports the installed package. Of a notebook it runs the cells that a test run
has (no flag, not `eval: false`), except those that use a library that is not there, and those that use a name which
only such cells define. Exported cells are imported from the package instead. The few functions of `fastcore.test` that
the notebooks use have stand-ins. Cells marked `#| new_torch` are left out with the oldest torch that is promised. What
fails, or a notebook of which less than a fourth runs, is an error."""
import ast
import contextlib
import importlib.util
import io
import json
import os
import re
import sys
import traceback
import types
from pathlib import Path

FLAGS = {"notest", "slow", "cuda"}
OLDEST = "2.4."

# Stand-ins for fastcore.test

def test_eq(a, b):
    "Are both the same, tensors included?"
    same = a == b
    assert bool(same.all()) if hasattr(same, "all") else same, f"{a} is not {b}"

def test_close(a, b, eps=1e-5):
    "Do numbers, arrays or tensors differ by no more than `eps`?"
    import numpy as np
    import torch
    # by NumPy, since torch makes float32 of Python's numbers
    a, b = (value if torch.is_tensor(value) else torch.from_numpy(np.asarray(value)) for value in (a, b))
    difference = (a - b).abs()
    assert (difference <= eps).all(), f"differ by {difference.max()}"

def test_fail(f, msg="", contains="", args=None, kwargs=None):
    "Does `f` raise an error that contains the words?"
    try: f(*(args or []), **(kwargs or {}))
    except Exception as e:
        assert contains in str(e), f"{contains!r} is not in {e!r}"
        return
    raise AssertionError(f"no error: {msg or contains}")

def stand_in():
    "A module `fastcore.test`, where there is none."
    if importlib.util.find_spec("fastcore"): return
    package, module = types.ModuleType("fastcore"), types.ModuleType("fastcore.test")
    for f in (test_eq, test_close, test_fail): setattr(module, f.__name__, f)
    package.test = module
    sys.modules |= {"fastcore": package, "fastcore.test": module}

# Which cells

def directives(source):
    "The `#|` lines of a cell: {name: value}"
    return dict(re.findall(r"^#\|\s*([\w-]+):?[ \t]*(.*)$", source, flags=re.M))

def there(module):
    "Can a module be imported here?"
    name = module.split(".")[0]
    return name in sys.modules or importlib.util.find_spec(name) is not None

def import_names(node):
    "{name that an import statement makes: module}"
    if isinstance(node, ast.Import): return {(a.asname or a.name).split(".")[0]: a.name for a in node.names}
    return {a.asname or a.name: node.module for a in node.names}

def names(tree):
    "Names that a cell uses, and names that it makes, anywhere in it"
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    uses = {node.id for node in found if isinstance(node.ctx, ast.Load)}
    makes = {node.id for node in found if isinstance(node.ctx, ast.Store)}
    makes |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    named = (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)
    return uses, makes | {node.name for node in ast.walk(tree) if isinstance(node, named)}

def cells(path):
    "(number, source) of the cells that a test run has"
    import torch
    old = {"new_torch"} if torch.__version__.startswith(OLDEST) else set()
    for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], 1):
        source, said = "".join(cell["source"]), directives("".join(cell["source"]))
        skipped = (FLAGS | old) & said.keys() or said.get("eval") == "false" or "default_exp" in said
        if cell["cell_type"] == "code" and not skipped and "nbdev_export(" not in source: yield number, source

def package_module(path):
    "The module that the notebook makes, imported"
    found = re.search(r"#\|\s*default_exp\s+([\w.]+)", path.read_text(encoding="utf-8"))
    return importlib.import_module(f"adastft.{found[1]}")

# Running

class Notebook:
    "A notebook's cells, run one after another; `left_out` are those that cannot be."
    def __init__(self, path):
        self.path, self.space = path, {"__name__": "__main__"}
        self.missing, self.ran, self.left_out, self.failed = set(), 0, 0, 0

    def imports(self, tree):
        "Run the imports of a cell that can be; names of the others are missing. The rest of the cell"
        rest = []
        for node in tree.body:
            if not isinstance(node, (ast.Import, ast.ImportFrom)):
                rest.append(node)
                continue
            made = import_names(node)
            if all(map(there, made.values())): self.execute([node], 0)
            else: self.missing |= made.keys()
        return ast.Module(rest, [])

    def execute(self, body, number):
        code = compile(ast.Module(body, []), f"{self.path.name}, cell {number}", "exec")
        with contextlib.redirect_stdout(io.StringIO()): exec(code, self.space)

    def run(self):
        module = package_module(self.path)
        for number, source in cells(self.path):
            said, tree = directives(source), self.imports(ast.parse(source))
            if said.keys() & {"export", "exporti"}:
                made = names(tree)[1] & vars(module).keys()
                self.space |= {name: getattr(module, name) for name in made}
                self.missing -= made
                continue
            uses, makes = names(tree)
            if (uses - makes) & self.missing:
                self.missing |= makes
                self.left_out += 1
            elif tree.body: self.step(tree.body, number, makes)

    def step(self, body, number, makes):
        "Run a cell, or leave it out if it imports within what is not there."
        try:
            self.execute(body, number)
            self.missing -= makes
            self.ran += 1
        except Exception as e:
            if isinstance(e, ImportError) and not (e.name and there(e.name)): self.left_out += 1
            else:
                traceback.print_exc()
                self.failed += 1
            self.missing |= makes

def main(paths):
    stand_in()
    os.environ.pop("ADASTFT_DATA", None)  # real sound needs libraries that read it
    sys.path.pop(0)  # the folder of this file, where a `site.py` is
    failed, folder = 0, Path.cwd()
    for path in (folder/path for path in paths):
        os.chdir(path.parent)
        notebook = Notebook(path)
        notebook.run()
        few = notebook.ran < notebook.left_out/3
        failed += few + notebook.failed
        counts = f"{notebook.ran} cells run, {notebook.failed} failed, {notebook.left_out} left out"
        print(f"{path.name}: {counts}" + ", too many"*few, flush=True)
    return failed

if __name__ == "__main__": sys.exit(bool(main(sys.argv[1:])))
