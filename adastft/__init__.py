"""A learnable spectrogram: the short-time Fourier transform as a PyTorch layer, and a genre classifier built on it."""
__version__ = "0.2.0"

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what `__getattr__` gives, for type checkers and editors
    from .augment import Augment as Augment
    from .channels import MultiSTFT as MultiSTFT
    from .classifier import Classifier as Classifier
    from .export import to_onnx as to_onnx
    from .gtzan import GTZAN as GTZAN
    from .inference import load_classifier as load_classifier
    from .inference import predict as predict
    from .inference import predict_over_time as predict_over_time
    from .loudness import PCEN as PCEN
    from .loudness import Decibels as Decibels
    from .options import Options as Options
    from .stft import STFT as STFT
    from .stft import param_groups as param_groups
    from .train_env import train as train

_PLACES = {
    "STFT": "stft", "param_groups": "stft", "MultiSTFT": "channels", "Decibels": "loudness", "PCEN": "loudness",
    "to_onnx": "export", "GTZAN": "gtzan", "Augment": "augment", "Classifier": "classifier", "Options": "options",
    "train": "train_env", "load_classifier": "inference", "predict": "inference", "predict_over_time": "inference"}
__all__ = list(_PLACES)

def __getattr__(name):  # imported when first asked for, so that `import adastft` stays light
    if name not in _PLACES: raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f"{__name__}.{_PLACES[name]}")
    except ModuleNotFoundError as e:
        raise ImportError(f"adastft.{name} needs {e.name}: pip install 'adastft[train]'") from None
    return getattr(module, name)

def __dir__(): return sorted([*globals(), *_PLACES])
