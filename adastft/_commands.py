"The console scripts. Each imports its module when it is called; what is missing is one line that names the extra."
import sys
from importlib import import_module

def _run(module, function, extra):
    try:
        command = getattr(import_module(f"adastft.{module}"), function)
    except ModuleNotFoundError as e:
        if (e.name or "").split(".")[0] == "adastft": raise
        print(f"error: {e.name} is missing: pip install 'adastft[{extra}]'", file=sys.stderr)
        sys.exit(2)
    return command()

def train(): return _run("train_env", "main", "train")
def test(): return _run("inference", "main", "train")
def predict(): return _run("inference", "predict_main", "train")
def export(): return _run("inference", "export_main", "train")
def download(): return _run("download", "download_main", "train")
def benchmark(): return _run("experiments.benchmark", "main", "bench")
def search(): return _run("experiments.search", "main", "search")
def crossval(): return _run("experiments.crossval", "main", "train")
def ablation(): return _run("experiments.ablation", "main", "train")
