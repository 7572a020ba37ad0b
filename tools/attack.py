"""Attack what a run leaves and reads: `python tools/attack.py [--minutes 10]`. Exit code 1 if an attack got through

It prints counts of:
- extremes: each option of each command with values such as 1e308, nan, "", 2**63: one line that names it, or it works
- mixes: random options; a run of them that is interrupted at a random step and resumed has the same weights as without
- kills: SIGKILL at each write of a short run, then `--resume 1`: the same weights as without
- pickles that would run code, and contents of the wrong kind: refused in one line
- contents: a checkpoint with one entry replaced: the run goes on, or ends with one line
- outputs: commands with closed, broken or full output: the files of the run are there, and no traceback
- servers that send too little, too much, something else, slowly, or from elsewhere: the right archive, or one line
- archives with a flipped bit or a zero-filled tail: refused
- flips: a flipped bit in random places of a checkpoint: refused, or read as it was saved
- databases: a search.db with a flipped bit or cut off: the search goes on, or ends with one line"""
import argparse
import hashlib
import io
import os
import pickle
import random
import re
import resource
import shlex
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import traceback
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from time import monotonic as now
from time import sleep
from unittest import mock

import numpy as np
import torch

from adastft import inference, train_env
from adastft.callbacks import Checkpoints, Table
from adastft.checkpoint import FORMAT, read_checkpoint
from adastft.download import download_gtzan, download_main
from adastft.experiments import ablation, crossval, search
from adastft.inference import load_classifier
from adastft.options import parse_options
from adastft.synth import synth_gtzan
from adastft.trainer import Trainer, make_classifier

ROOT = Path(__file__).absolute().parent.parent

RUN = ("--data_dir small --track_seconds 3 --split_parts 3 --resnet resnet_small --nfft 512 --hop_length 256 "
       "--num_mels 40 --batch_size 4 --learn_window 1 --epoch_num 2 --cpu 1").split()

QUICK = "--resnet linear --track_seconds 1 --split_parts 1 --nfft 256".split()

TINY = dict(data_dir="small", resnet="linear", track_seconds="1", split_parts="1", nfft="256", hop_length="128",
            num_mels="20", batch_size="16", epoch_num="1", cpu="1", seed="0", test_name="tiny")

def as_words(options):
    "Options as words of the command line"
    for name, value in options.items(): yield from (f"--{name}", value)

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

def interrupted(stop):
    "A `train_step` that sends SIGTERM in its call number `stop`"
    plain, calls = Trainer.train_step, count(1)
    def step(self, x, y):
        if next(calls) == stop: signal.raise_signal(signal.SIGTERM)
        return plain(self, x, y)
    return step

def forked(main, words, said="said.txt"):
    "A command in a process of its own; what it says is in the file `said` -> exit code, or `TRACEBACK`"
    child = os.fork()
    if child:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return "TRACEBACK" if code == 99 else code
    code = 99
    with open(said, "w") as file, redirect_stdout(file), redirect_stderr(file):
        try:
            main(words)
            code = 0
        except SystemExit as e:
            print(e.code)
            code = e.code if isinstance(e.code, int) else 1
        except BaseException: traceback.print_exc()
    os._exit(code)

def without_figures():
    "Figures take most of a short run's time: no log, and an empty confusion.png."
    train_env.default_callbacks = lambda: [Table(), Checkpoints()]
    train_env.plot_confusion = lambda result: mock.Mock()

def warm_up():
    "What is imported where it is needed is imported now, and not in each forked process."
    with redirect_stdout(io.StringIO()): train_env.main([*as_words({**TINY, "test_name": "warm"})])

def train(name, *words, resume=0, kill=0, place="before", stop=0):
    "A run without TensorBoard's figures, which take most of the time -> exit code"
    def main(words):
        os.replace = dying(kill, place)
        Trainer.train_step = interrupted(stop)
        without_figures()
        train_env.main(words)
    return forked(main, [*RUN, *words, "--test_name", name, "--resume", str(resume)])

MIXES = dict(
    resnet=["linear", "pool", "mlp", "conv_tiny", "resnet_small"], learn_window=[0, 1], learn_kernels=[0, 1],
    learn_mel=[0, 1], window_form=["free", "symmetric", "cosine", "gaussian", "per_bin"], nonnegative=[0, 1],
    keep_energy=[0, 1], kernel_form=["free", "linear_phase", "low_rank"], zero_dc=[0, 1], center=[0, 1],
    mel_form=["free", "nonnegative", "triangular"], output=["magnitude", "power", "real"], num_mels=[40, "none"],
    three_windows=[0, 1], window=["hann", "boxcar", "hann,hamming,blackman"], loudness=["log", "pcen", "db"],
    learn_loudness=[0, 1], dropout=[0, 0.2], optimizer_class=["AdamW", "SGD"], schedule=["exponential", "cosine"],
    warmup_epochs=[0, 1], label_smoothing=[0, 0.1], clip_norm=["none", 1], ema=["none", 0.9], augmentation=[0, 1],
    precision=["float32", "bfloat16", "float16"], mixup=["none", 0.4], mask_bands=[0, 8], mask_frames=[0, 8],
    noise_dir=["none", "small"], accumulate=[1, 2], num_workers=[0, 0, 1], split_parts=[1, 3], ckpt_interval=[1, 2])

def weights(name): return read_checkpoint(f"checkpoints/{name}/last_ckpt.pt")["model"]

def mixes(until, seed):
    "Random options, whole and interrupted at a random step -> counts"
    rng, counts = random.Random(seed), dict(mixes=0, refused=0, diverged=0, same=0, WRONG=0, TRACEBACK=0)
    for number in range(1000):
        if now() > until or counts["mixes"] == 58: break
        words = [f"--{name}={rng.choice(values)}" for name, values in MIXES.items()]
        try: make_classifier(parse_options([*RUN, *words]), 3)
        except ValueError:  # they do not go together
            counts["refused"] += 1
            continue
        whole, name, stop = f"mix{number}", f"mix{number}_parts", rng.randrange(1, 7)
        code = train(whole, *words)
        if code == 2:
            counts["diverged" if "diverged" in Path("said.txt").read_text() else "refused"] += 1
            continue
        code = code or train(name, *words, stop=stop)
        if code == 1: code = train(name, *words, resume=1)  # as it should be: stopped, with one line
        equal = code == 0 and same(weights(whole), weights(name))
        counts["mixes"] += 1
        counts["same" if equal else "TRACEBACK" if code == "TRACEBACK" else "WRONG"] += 1
        if not equal: print(code, "after step", stop, *words, Path("said.txt").read_text()[-500:])
    return counts

EXTREMES = [
    "0", "-0.0", "-1", "1", "1.5", "1e-320", "1e308", "-1e308", "1e999", "inf", "-inf", "nan", str(2**31), str(2**63),
    str(-2**63), "9"*5000, "", " ", "\n", "none", "true", "[]", "{}", "x"*5000, "../x", "~", "-", "--", "%s%n", "0x10",
    "1_000", "\u0661\u0662", "\u00fc\u540d\u524d", "\udcff", "\x1b[31m", "a:b", ",", "hann,"]

IN_JSON = ["null", "true", "[]", "{}", "[[[]]]", "1e400", "-Infinity", "NaN", "9"*400, "9"*5000, "-0.0", "1.0", '""',
           r'"\u0000"', r'"\ud800"', '"1"', "[1]", '{"a": 1}', "", "1 2"]

PLAN = "seeds = [0]\n[options]\n" + "".join(
    f"{name} = {value if value.isdigit() else repr(value)}\n" for name, value in TINY.items()
    if name not in ("data_dir", "cpu", "test_name", "seed")) + "[arms.plain]\n"

COMMANDS = dict(  # name -> main function, words with which it works
    train=(train_env.main, [*as_words(TINY)]),
    test=(inference.main, ["--cpu", "1", "--test_name", "whole", "--data_dir", "small"]),
    predict=(inference.predict_main, ["--cpu", "1", "--test_name", "whole", "small/genres/metal/metal.00000.wav"]),
    export=(inference.export_main, ["--test_name", "whole"]),
    download=(download_main, ["small"]),
    search=(search.main, [*as_words(TINY), "--trials", "1"]),
    crossval=(crossval.main, [*as_words(TINY), "--data_dir", "folds"]),
    ablation=(ablation.main, ["extreme.toml", "--data_dir", "small", "--cpu", "1"]))

def options_of(main):
    "The options that a command offers, as its help has them"
    with redirect_stdout(io.StringIO()) as text:
        try: main(["--help"])
        except SystemExit: pass
    return sorted(set(re.findall(r"--(\w+)", text.getvalue())) - {"help"})

def extremes(until, seed):
    "Values that nobody means, for each option of each command, and for each in options.json -> counts"
    Path("extreme.toml").write_text(PLAN)
    Path("folds").mkdir()
    os.symlink("../small/genres", "folds/genres")
    tracks = sorted(Path("small/genres").rglob("*.wav"))
    rows = [f"{path.stem}\t{path.parent.name}\t{i % 4 + 1}\t{i}\n" for i, path in enumerate(tracks)]
    Path("folds/artist_folds.tsv").write_text("track\tgenre\tfold\tartist_id\n" + "".join(rows))
    counts = dict(values=0, refused=0, worked=0, went_on=0, WRONG=0, TRACEBACK=0)
    trained, cases = options_of(train_env.main), []
    for name, command in COMMANDS.items():
        own = set(options_of(command[0]))
        if name in ("search", "crossval"): own -= set(trained)  # they read those as training does
        cases += [(*command, option, value, None) for option in sorted(own) for value in EXTREMES]
    cases += [(train_env.main, [], option, None, value) for option in trained for value in IN_JSON]
    random.Random(seed).shuffle(cases)
    for main, words, option, value, in_json in cases:
        if now() > until: break
        outcome = with_extreme(main, words, option, value, in_json)
        counts["values"] += 1
        counts[outcome] += 1
        if outcome in ("WRONG", "TRACEBACK"):
            given = f"--{option}={value}" if in_json is None else f"options.json {option}: {in_json}"
            said = Path("said.txt").read_text(errors="replace")
            print("extreme", main.__module__, main.__name__, repr(given[:60]), said[-500:], flush=True)
    return counts

def with_extreme(main, words, option, value, in_json):
    "A command with an odd value of one option, on the command line or in options.json -> what came of it"
    def limited(words):
        signal.alarm(20)
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        if option not in ("test_name", "tensorboard_dir"): without_figures()
        main(words)
    def refuses(words):
        if main is not train_env.main: return False
        try: parse_options(words)
        except ValueError as e: Path("said.txt").write_text(f"error: {e}", errors="replace")
        else: return False
        return True
    if in_json is None: words = [*words, f"--{option}={value}"]
    else:
        entries = [f'"{name}": "{text}"' for name, text in TINY.items() if name != option]
        Path("options.json").write_text("{" + ", ".join([*entries, f'"{option}": {in_json}']) + "}")
    code = 2 if refuses(words) else forked(limited, words)  # most are refused, and that needs no process
    Path("options.json").unlink(missing_ok=True)
    said = Path("said.txt").read_text(errors="replace")
    if code == "TRACEBACK" or "Traceback" in said: return "TRACEBACK"
    if code in (0, -signal.SIGALRM): return "went_on" if code else "worked"
    errors = [line for line in said.splitlines() if line.startswith("error")]
    is_named = len(errors) == 1 and names(errors[0], option)
    return "refused" if code == 2 and is_named else "WRONG"

def names(line, option):
    "Does the line name the option, or the file that it means, or say that the training diverged?"
    if "[Errno" in line and line.endswith("'"): return True  # Python's own line, which ends with the file
    named = {"three_widows": "three_windows", "test_name": "checkpoint", "ckpt_dir": "checkpoint",
             "ckpt_file": "checkpoint", "data_dir": "data="}.get(option, option)
    return any(word in line for word in (option, named, "options.json: ", "diverged in"))

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

def kills(until, seed):
    "SIGKILL before and after each write of a run -> counts"
    Path("writes.txt").unlink()
    os.environ["ADASTFT_CACHE"] = "cache_counted"
    train("counted", *QUICK)
    writes = len(Path("writes.txt").read_text().splitlines())
    whole, counts = read_checkpoint("checkpoints/counted/last_ckpt.pt"), dict(writes=writes, kills=0, same=0, WRONG=0)
    for kill in range(writes, 0, -1):  # the checkpoints first, the cache last
        for place in ("before", "after"):
            if now() > until: return counts
            name = f"killed_{kill}_{place}"
            os.environ["ADASTFT_CACHE"] = f"cache_{kill}_{place}"
            counts["kills"] += train(name, *QUICK, kill=kill, place=place) == -signal.SIGKILL
            last = Path("checkpoints", name, "last_ckpt.pt")
            code = train(name, *QUICK, resume=int(last.is_file()))
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
        except ValueError: counts["WRONG" if (place/"genres").exists() else "refused"] += 1
        else: counts["WRONG"] += 1
    return counts

class Server(BaseHTTPRequestHandler):
    "A hub with faults. An address is `/FAULT/...`; `good` is the archive."
    good, other = b"", ""

    def do_HEAD(self): self.do_GET()

    def do_GET(self):
        fault, head = self.path.split("/")[1], self.command == "HEAD"
        if fault.startswith("head_"): fault, head = (fault[5:], False) if head else ("none", False)
        elif head: fault = "none"  # the fault is in the body
        if fault.endswith("_once") and fault in self.done: fault = "none"
        self.done.add(fault)
        getattr(self, "send_" + fault.removesuffix("_once"))(b"" if self.command == "HEAD" else self.good)

    def send(self, body, code=200, length=None, sha256=None, **headers):
        "An answer with the headers of a hub"
        self.send_response(code)
        headers = {"Content-Length": len(self.good) if length is None else length, "X-Repo-Commit": 40*"a",
                   "ETag": sha256 or hashlib.sha256(self.good).hexdigest()} | headers
        for name, value in headers.items():
            if value != "": self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        for start in range(0, len(body), 1 << 16): self.wfile.write(body[start:start + (1 << 16)])
        self.close_connection = True

    def send_none(self, body): self.send(body)
    def send_short(self, body): self.send(body[:-1000])
    def send_half(self, body): self.send(body[:len(body)//2])
    def send_nothing(self, body): self.send(b"")
    def send_announces_less(self, body): self.send(body[:-1000], length=len(self.good) - 1000)
    def send_announces_more(self, body): self.send(body, length=len(self.good) + 1000)
    def send_no_length(self, body): self.send(body, length="")
    def send_odd_length(self, body): self.send(body, length="many")
    def send_negative(self, body): self.send(body, length=-5)
    def send_huge(self, body): self.send(body, length=10**18)
    def send_long(self, body): self.send(body + bytes(1000), length="")
    def send_endless(self, body):
        self.send(body, length="")
        while body: self.wfile.write(bytes(1 << 20))
    def send_flipped(self, body): self.send(flip(body, 8*5000) if body else body)
    def send_zeros(self, body): self.send(bytes(len(body)))
    def send_text(self, body): self.send(b"<html>".ljust(len(body)))
    def send_gzip_header(self, body): self.send(body, Content_Encoding="gzip")
    def send_odd_etag(self, body): self.send(body, sha256='"W/odd')
    def send_other_etag(self, body): self.send(body, sha256=64*"0")
    def send_elsewhere(self, body): self.send(b"", 302, 0, Location=f"{self.other}/flipped/there")
    def send_nowhere(self, body): self.send(b"", 302, 0, Location="http://127.0.0.1:9/there")
    def send_circle(self, body): self.send(b"", 302, 0, Location=self.path)
    def send_file(self, body): self.send(b"", 302, 0, Location="file:///etc/passwd")
    def send_missing(self, body): self.send(b"", 404, 0)
    def send_error(self, body, *words): self.send(b"", 500, 0)
    def send_forbidden(self, body): self.send(b"", 403, 0)
    def send_part(self, body): self.send(body[1000:], 206, len(self.good) - 1000, Content_Range="bytes 1000-/*")
    def send_odd_range(self, body): self.send(body, 416, 0, Content_Range="bytes */1")
    def send_garbage(self, body): self.wfile.write(b"\0\1\2 no HTTP\r\n\r\n")
    def send_silence(self, body): sleep(3)
    def send_stall(self, body):
        self.send(body[:len(body)//2])
        sleep(3)
    def send_drops(self, body): self.connection.close()
    def log_message(self, *words): pass

FAULTS = [name[5:] for name in vars(Server) if name.startswith("send_")]

def servers(until, seed):
    "Downloads from faulty servers -> counts"
    buffer, counts = io.BytesIO(), dict(faults=0, refused=0, same=0, WRONG=0, TRACEBACK=0)
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar: tar.add("small/genres", "genres")
    Server.good, Server.done = buffer.getvalue(), set()
    both = [ThreadingHTTPServer(("127.0.0.1", 0), Server) for _ in range(2)]
    for server in both:
        server.handle_error = lambda *words: None  # a client that leaves is no news
        threading.Thread(target=server.serve_forever, daemon=True).start()
    here, Server.other = (f"http://127.0.0.1:{server.server_port}" for server in both)
    once = [f"{name}_once" for name in ("half", "garbage", "error", "drops", "stall", "part", "odd_range")]
    for fault in [*FAULTS, *(f"head_{name}" for name in FAULTS), *once]:
        if now() > until: break
        counts["faults"] += 1
        outcome = fetch(here, fault)
        counts[outcome] += 1
        if outcome in ("WRONG", "TRACEBACK"): print("server", fault, Path("said.txt").read_text()[-800:])
    for server in both: server.shutdown()
    return counts

def fetch(here, fault):
    "One download -> what came of it"
    place = Path(f"fetched_{fault}")
    def main(words):
        signal.alarm(60)
        with mock.patch("time.sleep"): download_gtzan(place, len(Server.good), f"{here}/{fault}")
    def in_one_line(words):
        try: main(words)
        except (OSError, ValueError) as e: sys.exit(2 if len(str(e).splitlines()) == 1 else 99)
    code = forked(in_one_line, [])
    files = files_in(place)
    if code == "TRACEBACK": return code
    if code == 0 and files == files_in(Path("small")): return "same"
    return "refused" if code == 2 and not files else "WRONG"

def files_in(folder):
    "Path -> content"
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

class Evil:
    "What it is read as is what it calls."
    def __init__(self, *call): self.call = call
    def __reduce__(self): return self.call

def evil_files():
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

def pickles(until, seed):
    "Files that shall be refused -> counts"
    counts = dict(refused=0, WRONG=0, TRACEBACK=0)
    for path in evil_files():
        try: load_classifier(path)
        except ValueError: counts["refused"] += 1
        except Exception: counts["TRACEBACK"] += 1
        else: counts["WRONG"] += 1
        if Path("harm.txt").exists(): counts["WRONG"] += 1
    return counts

def places(value, at=()):
    "The places in nested contents; of lists the first three -> tuples of keys"
    inside = value if isinstance(value, dict) else range(min(3, len(value))) if isinstance(value, (list, tuple)) else ()
    for key in inside:
        yield (*at, key)
        yield from places(value[key], (*at, key))

def with_changed(value, at, new):
    "The contents with another value at one place"
    if not at: return new
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[at[0]] = with_changed(value[at[0]], at[1:], new)
    return changed if isinstance(value, dict) else type(value)(changed)

def contents(until, seed):
    "Resumed runs and predictions from a checkpoint with one odd entry -> counts"
    rng, counts = random.Random(seed), dict(went_on=0, one_line=0, WRONG=0, TRACEBACK=0)
    train("odd", *QUICK)
    kept = read_checkpoint("checkpoints/odd/last_ckpt.pt")
    everywhere = list(places(kept))
    odd = [None, 7, "text", [], {}, [7], {"a": 7}, 1.5, float("nan"), -1, 10**30, True, torch.ones(2), (), b"bytes"]
    while now() < until:
        at, new = rng.choice(everywhere), rng.choice(odd)
        state = with_changed(kept, at, new)
        for file in ("last_ckpt.pt", "best_ckpt.pt"): torch.save(state, f"checkpoints/odd/{file}")
        code = train("odd", *QUICK, "--epoch_num", "3", resume=1)
        said = Path("said.txt").read_text()
        try: load_classifier("checkpoints/odd/best_ckpt.pt")
        except ValueError: pass
        except Exception as e: code, said = "TRACEBACK", repr(e)
        outcome = {0: "went_on", 1: "one_line", 2: "one_line"}.get(code, "TRACEBACK")
        if "Traceback" in said: outcome = "TRACEBACK"
        counts[outcome] += 1
        if outcome == "TRACEBACK": print("contents", at, repr(new)[:40], said[-500:])
    return counts

def outputs(until, seed):
    "Commands whose output is closed, broken or full -> counts"
    counts = dict(commands=0, right=0, WRONG=0, TRACEBACK=0)
    python = f"PYTHONPATH={shlex.quote(str(ROOT))} {shlex.quote(sys.executable)}"
    run = f"{python} {shlex.quote(str(ROOT/'train_env.py'))} {shlex.join(RUN)} --epoch_num 1 --test_name out{{}}"
    whole = "--cpu 1 --test_name whole"
    test = f"{python} {shlex.quote(str(ROOT/'test.py'))} {whole} --data_dir small"
    predict = f"{python} -c 'from adastft._commands import predict; predict()' small/genres/metal {whole}"
    redirects = [">&-", "2>&-", ">&- 2>&- <&-", "| true", "2>&1 | true", "| head -1", ">/dev/full", "2>/dev/full"]
    for number, (redirect, command) in enumerate((r, c) for r in redirects for c in (run, test, predict)):
        if now() > until: break
        words = command.format(number) + " " + redirect
        done = subprocess.run(["bash", "-c", f"set -o pipefail; {words}"], capture_output=True, text=True)
        counts["commands"] += 1
        may_end = command == predict and ("|" in redirect or redirect == ">/dev/full")
        written = command != run or Path(f"checkpoints/out{number}/results.json").is_file()
        right = written and (done.returncode == 0 or may_end and done.returncode in (1, 2))
        bad = "Traceback" in done.stderr or "Exception ignored" in done.stderr
        counts["TRACEBACK" if bad else "right" if right else "WRONG"] += 1
        if bad or not right: print("output", done.returncode, words, done.stderr[-500:])
    return counts

def databases(until, seed):
    "Damaged databases of a search -> counts"
    rng, counts = random.Random(seed), dict(went_on=0, one_line=0, WRONG=0, TRACEBACK=0)
    words = [*RUN, "--test_name", "find", "--epoch_num", "1", *QUICK]
    forked(search.main, [*words, "--trials", "2"])
    path = Path("checkpoints/find/search.db")
    whole, trials = path.read_bytes(), 2
    while now() < until:
        cut = rng.random() < 0.2
        path.write_bytes(whole[:rng.randrange(len(whole))] if cut else flip(whole, rng.randrange(8*len(whole))))
        code = forked(search.main, [*words, "--trials", str(trials)])
        outcome = {0: "went_on", 1: "one_line", 2: "one_line"}.get(code, "TRACEBACK")
        counts[outcome] += 1
        if outcome == "TRACEBACK": print("database", Path("said.txt").read_text()[-1000:])
    return counts

ATTACKS = dict(  # name -> function of the time of its end and a seed, share of the time
    extremes=(extremes, 4), mixes=(mixes, 4), kills=(kills, 4), pickles=(pickles, 1), contents=(contents, 2),
    outputs=(outputs, 3), servers=(servers, 2), archives=(archives, 1), flips=(flips, 1), databases=(databases, 1))

def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="of the attacks above (default: all)")
    args = parser.parse_args()
    torch.set_num_threads(1)
    os.environ |= dict(HF_HUB_DOWNLOAD_TIMEOUT="1", HF_HUB_ETAG_TIMEOUT="1", HF_HUB_DISABLE_PROGRESS_BARS="1",
                       HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_VERBOSITY="critical", no_proxy="127.0.0.1")
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/here")
        os.chdir(f"{folder}/here")
        os.environ["ADASTFT_CACHE"] = f"{folder}/cache"
        synth_gtzan("small", tracks_per_genre=8, seconds=3.0, genres=["classical", "hiphop", "metal"])
        warm_up()
        train("whole")
        for name, attack in ATTACKS.items():
            if args.only and name not in args.only: continue
            shares = sum(share for other, (_, share) in ATTACKS.items() if not args.only or other in args.only)
            found[name] = attack[0](now() + 60*args.minutes*attack[1]/shares, args.seed)
            print(f"{name:9}", *(f"{what} {count}" for what, count in found[name].items()), flush=True)
        os.chdir("/")
    raise SystemExit(any(counts.get(bad) for counts in found.values() for bad in ("WRONG", "TRACEBACK")))

if __name__ == "__main__": main()
