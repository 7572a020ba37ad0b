"""Does the code keep the rules of the house? `python tools/check_code.py`, after `nbdev_export`

- A module comes from one notebook of its name: `nbs/NN_name.ipynb` makes `adastft/name.py` or
  `adastft/experiments/name.py`.
- A module imports other modules of the package at its top, and only those of notebooks with lower numbers. Only the
  methods of `STFT` import the chapter that does their work when they are called.
- A module uses no private name (`_name`) of another module.
- The layer, and what stands around it, needs the standard library, torch, numpy and scipy alone to be imported.
- What `adastft/__init__.py` imports when it is asked is what it shows to type checkers.
- No line is longer than 120 columns, in package, tools and code cells of notebooks.

Every fault is one line that names file and line. Before that, the checks check themselves."""
import ast
import json
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = "adastft"
LAYER = {"basis", "ops", "forms", "stft", "inverse", "stream", "diagnosis", "scales", "channels", "loudness", "phase",
         "presets"}
LIBRARIES = {"torch", "numpy", "scipy"}
CALLS_ITS_CHAPTERS = ("stft", "STFT")  # the module and the class whose methods import from higher numbers
WIDTH = 120

# What is there

def find_modules(root):
    "{name in the package, such as `experiments.search`: path}, without `__init__` and `_modidx`"
    package = root/PACKAGE
    paths = [path for path in sorted(package.rglob("*.py")) if not path.name.startswith("_")]
    return {".".join(path.relative_to(package).with_suffix("").parts): path for path in paths}

def notebooks_of(text):
    "{notebook: line where nbdev names it first}"
    found = {}
    for line, words in enumerate(text.splitlines(), 1):
        mark = re.match(r"# %% \S*nbs/(\S+)\.ipynb", words)
        if mark: found.setdefault(mark[1], line)
    return found

def number(notebook):
    "`05a` of `05a_name`; as text, since `05` < `05a` < `06`"
    return notebook.split("_")[0]

def statements(node, around=()):
    "Every statement below `node`, with the names of the classes and functions around it"
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt): yield child, around
        scope = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        yield from statements(child, (*around, child.name) if scope else around)

def imported(node, name):
    "[(full name of what is imported, its name here)] of an import statement in module `name`"
    if isinstance(node, ast.Import): return [(alias.name, alias.asname or alias.name) for alias in node.names]
    base = node.module or ""
    if node.level:
        package = [PACKAGE, *name.split(".")[:-1]]
        parents = package[:len(package) - node.level + 1]
        base = ".".join([*parents, base] if base else parents)
    return [(f"{base}.{alias.name}", alias.asname or alias.name) for alias in node.names]

def owner(full, modules):
    "The module of the package that a full name belongs to or is, and the name inside it; or `None` and the full name"
    parts = full.split(".")
    if parts[0] != PACKAGE: return None, full
    for length in range(len(parts), 1, -1):
        module = ".".join(parts[1:length])
        if module in modules: return module, ".".join(parts[length:])
    return None, full

def private(name): return name.startswith("_") and not name.startswith("__")

# Faults: (line, words)

def origin_faults(name, notebooks):
    stem = name.split(".")[-1]
    if not notebooks: yield 1, "comes from no notebook"
    for notebook, line in notebooks.items():
        if notebook.partition("_")[2] != stem: yield line, f"comes from {notebook}, which is not of its name"
    if len(notebooks) > 1: yield max(notebooks.values()), f"comes from {len(notebooks)} notebooks"

def import_faults(name, tree, modules, numbers):
    "Order, place and libraries of the imports of a module"
    first = min((node.lineno for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))), default=None)
    for node, around in statements(tree):
        if not isinstance(node, (ast.Import, ast.ImportFrom)): continue
        for full, _ in imported(node, name):
            module, _ = owner(full, modules)
            if module is None:
                library = full.split(".")[0]
                known = library in sys.stdlib_module_names or library in LIBRARIES or library == PACKAGE
                if name in LAYER and not around and not known: yield node.lineno, f"the layer imports {library}"
                continue
            if around and (name, around[0]) == CALLS_ITS_CHAPTERS and len(around) > 1: continue
            if numbers[module] >= numbers[name]:
                yield node.lineno, f"imports {module} ({numbers[module]}) from {numbers[name]}"
            elif around:
                yield node.lineno, f"imports {module} inside {'.'.join(around)}, not at the top"
            elif first and node.lineno > first:
                yield node.lineno, f"imports {module} below a definition, not at the top"

def private_faults(name, tree, modules):
    "`from .x import _y`, and `x._y` where x is a module of the package"
    here = {}  # name in this module: module of the package
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Import, ast.ImportFrom)): continue
        for full, local in imported(node, name):
            module, inside = owner(full, modules)
            if module is None or module == name: continue
            if not inside: here[local] = module
            elif private(inside): yield node.lineno, f"imports {inside}, a private name of {module}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and private(node.attr) and ast.unparse(node.value) in here:
            yield node.lineno, f"uses {node.attr}, a private name of {here[ast.unparse(node.value)]}"

def lazy_faults(tree):
    "Names of `__init__`'s `_PLACES` that type checkers do not see in the same module, and the reverse"
    places, seen, line = {}, {}, 1
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_PLACES":
            places, line = ast.literal_eval(node.value), node.lineno
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            seen |= {alias.asname: found.module for found in node.body for alias in found.names}
    for name in sorted(places.keys() | seen.keys()):
        if places.get(name) != seen.get(name):
            yield line, f"{name} is in {places.get(name)}, and for type checkers in {seen.get(name)}"

def width_faults(lines):
    "Lines that are too wide, but for `__all__`, which nbdev writes as wide as it likes"
    for line, words in enumerate(lines, 1):
        if len(words) > WIDTH and not words.startswith("__all__ ="): yield line, f"{len(words)} columns"

def code_files(root):
    "What a person reads, modules included; `_modidx` is nbdev's"
    places = [root.glob("*.py"), (root/"tools").rglob("*.py"), (root/PACKAGE).rglob("*.py")]
    return sorted(path for paths in places for path in paths if path.name != "_modidx.py")

def faults(root):
    "All faults, as lines"
    modules = find_modules(root)
    texts = {name: path.read_text(encoding="utf-8") for name, path in modules.items()}
    notebooks = {name: notebooks_of(text) for name, text in texts.items()}
    numbers = {name: min(map(number, found), default="") for name, found in notebooks.items()}
    for name, path in modules.items():
        tree = ast.parse(texts[name])
        found = [*origin_faults(name, notebooks[name]), *import_faults(name, tree, modules, numbers),
                 *private_faults(name, tree, modules)]
        for line, words in sorted(found): yield f"{path.relative_to(root)}:{line}: {words}"
    init = root/PACKAGE/"__init__.py"
    for line, words in lazy_faults(ast.parse(init.read_text(encoding="utf-8"))):
        yield f"{init.relative_to(root)}:{line}: {words}"
    for path in code_files(root):
        for line, words in width_faults(path.read_text(encoding="utf-8").splitlines()):
            yield f"{path.relative_to(root)}:{line}: {words}"
    for path in sorted((root/"nbs").glob("*.ipynb")):
        for cell, content in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], 1):
            if content["cell_type"] != "code": continue
            for line, words in width_faults("".join(content["source"]).splitlines()):
                yield f"{path.relative_to(root)}:cell {cell}:{line}: {words}"

# The checks, checked

GOOD = {
    "adastft/__init__.py": "if TYPE_CHECKING:\n    from .stft import STFT as STFT\n_PLACES = {'STFT': 'stft'}\n",
    "adastft/basis.py": "# %% ../nbs/00_basis.ipynb #a\nimport numpy as np\n_hidden = np.pi\n",
    "adastft/stft.py": "# %% ../nbs/03_stft.ipynb #a\nimport torch\nfrom . import basis\nclass STFT:\n"
                       "    def inverse(self):\n        from .inverse import x\n        self._x = basis.__doc__\n",
    "adastft/inverse.py": "# %% ../nbs/04_inverse.ipynb #a\nfrom .basis import pi\n"
                          "# %% ../nbs/04_inverse.ipynb #b\nx = pi\n",
    "adastft/experiments/search.py": "# %% ../../nbs/51_search.ipynb #a\nimport optuna\nfrom ..stft import STFT\n",
    "nbs/51_search.ipynb": json.dumps(dict(cells=[dict(cell_type="markdown", source="long "*50),
                                                  dict(cell_type="code", source=["short = 1\n", "x"])])),
}
BAD = {
    "adastft/__init__.py": "if TYPE_CHECKING:\n    from .stft import STFT as STFT\n"
                           "_PLACES = {'STFT': 'inverse', 'x': 'inverse'}\n",
    "adastft/basis.py": "# %% ../nbs/00_basis.ipynb #a\nimport librosa\nfrom .stft import STFT\n",
    "adastft/stft.py": "# %% ../nbs/03_stft.ipynb #a\nfrom .basis import _hidden\nfrom . import basis as b\nb._hidden\n"
                       "def f():\n    from .inverse import x\nfrom .basis import y\n# %% ../nbs/09_other.ipynb #a\n",
    "adastft/inverse.py": "x = 1\n",
    "adastft/experiments/search.py": "# %% ../../nbs/51_search.ipynb #a\ndef f():\n    from ..stft import STFT\n"
                                     "    import adastft.basis\n    adastft.basis._hidden\n",
    "tools/a.py": "#" + "x"*WIDTH,
    "nbs/51_search.ipynb": json.dumps(dict(cells=[dict(cell_type="code", source=["short = 1\n", "#" + "x"*WIDTH])])),
}
FOUND = [
    "adastft/__init__.py:3: STFT is in inverse, and for type checkers in stft",
    "adastft/__init__.py:3: x is in inverse, and for type checkers in None",
    "adastft/basis.py:2: the layer imports librosa",
    "adastft/basis.py:3: imports stft (03) from 00",
    "adastft/experiments/search.py:3: imports stft inside f, not at the top",
    "adastft/experiments/search.py:4: imports basis inside f, not at the top",
    "adastft/experiments/search.py:5: uses _hidden, a private name of basis",
    "adastft/inverse.py:1: comes from no notebook",
    "adastft/stft.py:2: imports _hidden, a private name of basis",
    "adastft/stft.py:4: uses _hidden, a private name of basis",
    "adastft/stft.py:6: imports inverse (04) from 03",
    "adastft/stft.py:7: imports basis below a definition, not at the top",
    "adastft/stft.py:8: comes from 09_other, which is not of its name",
    "adastft/stft.py:8: comes from 2 notebooks",
    "nbs/51_search.ipynb:cell 1:2: 121 columns",
    "tools/a.py:1: 121 columns",
]

def check_the_checks():
    "Every fault, made on purpose, is found; what is right is not"
    with tempfile.TemporaryDirectory() as place:
        def write(files):
            for name, text in files.items():
                path = Path(place)/name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        write(GOOD)
        assert not [*faults(Path(place))], [*faults(Path(place))]
        write(BAD | {"adastft/inverse.py": GOOD["adastft/inverse.py"]})
        found = [*faults(Path(place))]
        write({"adastft/inverse.py": BAD["adastft/inverse.py"]})
        found += [line for line in faults(Path(place)) if "inverse.py" in line]
        assert sorted(found) == FOUND, "\n".join(sorted(set(found) ^ set(FOUND)))

if __name__ == "__main__":
    check_the_checks()
    lines = [*faults(ROOT)]
    print("\n".join(lines) or "the code keeps the rules of the house")
    sys.exit(bool(lines))
