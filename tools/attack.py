"""Attack what a run leaves and reads: `python tools/attack.py [--minutes 10]`. Exit code 1 if an attack got through

It prints counts of:
- a flipped bit in random places of a checkpoint: refused, or read as it was saved
- SIGKILL at each write of a short run, then `--resume 1`: the same weights as without
- archives with a flipped bit or a zero-filled tail: refused
- pickles that would run code, and contents of the wrong kind: refused in one line"""
import argparse
import io
import os
import pickle
import random
import signal
import subprocess
import tarfile
import tempfile
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from time import monotonic as now

import numpy as np
import torch

from adastft import train_env
from adastft.callbacks import Checkpoints, Table
from adastft.checkpoint import FORMAT, read_checkpoint
from adastft.download import download_gtzan
from adastft.inference import load_classifier
from adastft.synth import synth_gtzan

RUN = ("--data_dir small --track_seconds 3 --split_parts 3 --resnet resnet_small --nfft 512 --hop_length 256 "
       "--num_mels 40 --batch_size 4 --learn_window 1 --epoch_num 2 --cpu 1").split()

def flip(content, bit):
    "The bytes with one bit changed."
    changed = bytearray(content)
    changed[bit//8] ^= 1 << bit % 8
    return bytes(changed)

def same(a, b):
    "Are two checkpoints' contents equal, but for the seconds?"
    if isinstance(a, torch.Tensor): return isinstance(b, torch.Tensor) and torch.equal(a, b)
    if isinstance(a, dict): return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a if k != "seconds")
    if isinstance(a, (list, tuple)): return len(a) == len(b) and all(map(same, a, b))
    return a == b

def dying(kill, place):
    "`os.replace` that ends the process with SIGKILL before or after its call number `kill`"
    plain, calls = os.replace, iter(range(1, 10**6))
    def replace(source, target):
        dies = next(calls) == kill
        if dies and place == "before": os.kill(os.getpid(), signal.SIGKILL)
        plain(source, target)
        with open("writes.txt", "a") as file: print(target, file=file)
        if dies: os.kill(os.getpid(), signal.SIGKILL)
    return replace

def train(name, resume=0, kill=0, place="before"):
    "A run in a process of its own, without TensorBoard's figures, which take most of the time -> exit code"
    child = os.fork()
    if child: return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        os.replace = dying(kill, place)
        train_env.default_callbacks = lambda: [Table(), Checkpoints()]
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
            train_env.main([*RUN, "--test_name", name, "--resume", str(resume)])
        code = 0
    finally: os._exit(code)

def flips(until, seed):
    "Flipped bits in the finished run's checkpoint -> counts"
    path, rng = Path("checkpoints/whole/best_ckpt.pt"), random.Random(seed)
    content, target, counts = path.read_bytes(), Path("flipped.pt"), dict(refused=0, same=0, WRONG=0, TRACEBACK=0)
    whole = read_checkpoint(path)
    with zipfile.ZipFile(path) as archive: table = archive.start_dir
    while now() < until:
        start = rng.choice([0, table])  # half of the flips in the archive's table of contents
        target.write_bytes(flip(content, rng.randrange(8*start, 8*len(content))))
        try: counts["same" if same(read_checkpoint(target), whole) else "WRONG"] += 1
        except ValueError: counts["refused"] += 1
        except Exception: counts["TRACEBACK"] += 1
    return counts

def kills(until):
    "SIGKILL before and after each write of a run -> counts"
    train("whole")
    writes = len(Path("writes.txt").read_text().splitlines())
    whole, counts = read_checkpoint("checkpoints/whole/last_ckpt.pt"), dict(writes=writes, kills=0, same=0, WRONG=0)
    for kill in range(writes, 0, -1):  # the checkpoints first, the cache last
        for place in ("before", "after"):
            if now() > until: return counts
            name = f"killed_{kill}_{place}"
            os.environ["ADASTFT_CACHE"] = f"cache_{kill}_{place}"
            counts["kills"] += train(name, kill=kill, place=place) == -signal.SIGKILL
            last = Path("checkpoints", name, "last_ckpt.pt")
            code = train(name, resume=int(last.is_file()))
            equal = code == 0 and same(read_checkpoint(last)["model"], whole["model"])
            leftovers = [*last.parent.glob(".*.tmp")]
            counts["same" if equal and not leftovers else "WRONG"] += 1
    return counts

def archives(until, seed):
    "Damaged archives, as if put there by hand: 200 with a flipped bit, 60 with a zero-filled tail -> counts"
    rng, buffer, counts = random.Random(seed), io.BytesIO(), dict(refused=0, WRONG=0)
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar: tar.add("small/genres", "genres")
    good = buffer.getvalue()
    for trial in range(260):
        if now() > until: break
        bit = rng.randrange(80, 8*len(good))
        tail = good[:bit//8] + bytes(len(good) - bit//8)
        place = Path(f"archive{trial}")
        place.mkdir()
        (place/"genres.tar.gz").write_bytes(flip(good, bit) if trial < 200 else tail)
        try: download_gtzan(place)
        except ValueError: counts["refused"] += not (place/"genres").exists()
        else: counts["WRONG"] += 1
    return counts

class Evil:
    "What it is read as is what it calls."
    def __init__(self, *call): self.call = call
    def __reduce__(self): return self.call

def contents():
    "Pickles that run code, as PyTorch and as pickle write them -> paths"
    harm = "open('harm.txt', 'w')"
    calls = [(os.system, ("touch harm.txt",)), (eval, (harm,)), (exec, (harm,)), (open, ("harm.txt", "w")),
             (subprocess.run, (["touch", "harm.txt"],)), (os.mkdir, ("harm.txt",)), (np.save, ("harm.txt", 1))]
    whole = read_checkpoint("checkpoints/whole/best_ckpt.pt")
    for call in calls:
        evil = Evil(*call)
        for value in (evil, dict(format=FORMAT, model=evil), *({**whole, key: evil} for key in whole)):
            torch.save(value, "evil.pt")
            yield "evil.pt"
            Path("evil.pt").write_bytes(pickle.dumps(value))
            yield "evil.pt"
    for key in ("options", "genres", "model"):
        for value in (None, 7, "text", [], {}, [7], {"a": 7}, torch.ones(2), float("nan")):
            torch.save({**whole, key: value}, "evil.pt")
            yield "evil.pt"

def pickles():
    "Files that shall be refused -> counts"
    counts = dict(refused=0, WRONG=0, TRACEBACK=0)
    for path in contents():
        try: load_classifier(path)
        except ValueError: counts["refused"] += 1
        except Exception: counts["TRACEBACK"] += 1
        else: counts["WRONG"] += 1
        if Path("harm.txt").exists(): counts["WRONG"] += 1
    return counts

def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.set_num_threads(1)
    begin, found = now(), {}
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["ADASTFT_CACHE"] = f"{folder}/cache"
        synth_gtzan("small", tracks_per_genre=8, seconds=3.0, genres=["classical", "hiphop", "metal"])
        end = begin + 60*args.minutes
        attacks = dict(kills=lambda: kills(begin + 48*args.minutes), pickles=pickles,
                       archives=lambda: archives(end, args.seed), flips=lambda: flips(max(end, now() + 20), args.seed))
        for name, attack in attacks.items():
            found[name] = attack()
            print(f"{name:9}", *(f"{what} {count}" for what, count in found[name].items()), flush=True)
        os.chdir("/")
    raise SystemExit(any(counts.get(bad) for counts in found.values() for bad in ("WRONG", "TRACEBACK")))

if __name__ == "__main__": main()
