"""Make the classifier that the panel's page runs in the browser: `python tools/page_model.py`, ten minutes on one core

A small classifier learns the synthetic genres, by the package's own commands. nbs/browser gets its checkpoint without
the optimizer's state, and the ONNX file, which gives the layer's spectrogram as well as the scores."""
import json
import os
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from adastft import inference, train_env
from adastft.checkpoint import read_checkpoint, save_checkpoint
from adastft.inference import find_audio, load_classifier
from adastft.synth import synth_gtzan

ROOT = Path(__file__).parents[1]
PLACE = ROOT/"nbs"/"browser"
SET = dict(tracks_per_genre=60, seconds=30., sample_rate=8000)
TRAINING = """
    --data_dir set --sample_rate 8000 --nfft 160 --hop_length 80 --num_mels 32 --learn_window 1 --learn_kernels 1
    --resnet conv_tiny --dropout 0.2 --augmentation 1 --epoch_num 80 --learning_rate 0.002 --schedule cosine --cpu 1"""
KEPT = ("model", "options", "genres", "tracks")  # of the checkpoint

def with_spectrogram(path):
    "Let the file give the spectrogram, the input of the head's first node, as a second output `image`"
    model = onnx.load(path)
    graph = model.graph
    first = next(node for node in graph.node if node.op_type == "BatchNormalization")
    graph.node.append(helper.make_node("Identity", [first.input[0]], ["image"]))
    for node in graph.node: del node.metadata_props[:]  # where each comes from, a fifth of the file
    graph.output.append(helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", "bands", "frames"]))
    onnx.checker.check_model(model)
    onnx.save(model, path)

def keep_weights(path, target):
    "A checkpoint with what `load_classifier` wants, and without what only training wants"
    state = read_checkpoint(path)
    save_checkpoint(target, **{name: state[name] for name in KEPT})

def facts(model, results):
    "What the page must know of the file, and what its chapter says of it"
    said = {name: getattr(model.options, name) for name in ("sample_rate", "part_samples", "nfft")}
    test = {name: results[name] for name in ("tracks", "track_accuracy", "parts", "part_accuracy")}
    return dict(genres=model.genres, **said, **test, training=" ".join(TRAINING.split()))

def judge_recordings(model):
    "How it does on recordings of genres with the same names, which it knows nothing of; nothing where there are none"
    data = os.environ.get("ADASTFT_DATA")
    if not data: return {}
    paths = find_audio(Path(data)/"gtzan_mini")
    answers = [model.predict_over_time(path) for path in paths]
    found = [next(iter(answer.ranked())) for answer in answers]
    right = [genre == path.parent.name for genre, path in zip(found, paths, strict=True)]
    certainty = np.mean([answer.probabilities.max(1).mean() for answer in answers])
    return dict(recordings=len(paths), recordings_right=sum(right), recordings_certainty=round(float(certainty), 3))

def main():
    PLACE.mkdir(exist_ok=True)
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        synth_gtzan("set", **SET)
        train_env.main(TRAINING.split())
        inference.export_main(["--onnx_file", str(PLACE/"classifier.onnx")])
        keep_weights("checkpoints/run/best_ckpt.pt", PLACE/"best_ckpt.pt")
        results = json.loads(Path("checkpoints/run/results.json").read_text())
        os.chdir(home)
    with_spectrogram(PLACE/"classifier.onnx")
    model = load_classifier(PLACE/"best_ckpt.pt")
    text = json.dumps({**facts(model, results), **judge_recordings(model)}, indent=1)
    (PLACE/"facts.json").write_text(text + "\n", encoding="utf-8")

if __name__ == "__main__": main()
