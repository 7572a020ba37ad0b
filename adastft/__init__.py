"""A learnable spectrogram: the short-time Fourier transform as a PyTorch layer, and a genre classifier built on it."""
__version__ = "0.1.0"

from importlib import import_module

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
