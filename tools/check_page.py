"""Does the classifier in the page work? `python tools/check_page.py`, after `python tools/site.py`

Chromium, without a window, opens the page from a server on this machine, loads the classifier by the keyboard and
chooses each example. Its scores are those of Python's classifier, nothing is asked of another host, and no error is
reported. Where there is no Chromium, or the site was built without the classifier, this says so and is content."""
import functools
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import torch
from websocket import create_connection

from adastft.audio import load_audio
from adastft.inference import load_classifier

ROOT = Path(__file__).parents[1]
SITE = ROOT/"_docs"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
TOLERANCE = 1e-4

# A browser

class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args): pass

def serve(folder):
    "A server of `folder` on this machine alone, and its address"
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/"

class Browser:
    "Chromium without a window, asked by its DevTools protocol"
    def __init__(self, program, width=1300, height=900):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                   "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--remote-debugging-port=0",
                   "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
                   f"--window-size={width},{height}", f"--user-data-dir={self.folder.name}", "about:blank"]
        self.process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.number, self.events = 0, []
        self.socket = create_connection(self._address(), timeout=120, suppress_origin=True)
        for domain in ("Page", "Runtime", "Network", "Log"): self.ask(f"{domain}.enable")

    def _address(self):
        "Of the first page, once the browser has said where it listens"
        file = Path(self.folder.name)/"DevToolsActivePort"
        for _ in range(600):
            if file.exists() and file.read_text().strip():
                with urlopen(f"http://127.0.0.1:{file.read_text().split()[0]}/json") as answer: tabs = json.load(answer)
                pages = [tab for tab in tabs if tab["type"] == "page"]
                if pages: return pages[0]["webSocketDebuggerUrl"]
            time.sleep(0.1)
        raise SystemExit("Chromium did not start within a minute")

    def ask(self, method, **arguments):
        "Send a command and wait for its answer; what happens meanwhile is kept in `events`"
        self.number += 1
        self.socket.send(json.dumps(dict(id=self.number, method=method, params=arguments)))
        while True:
            message = json.loads(self.socket.recv())
            if "method" in message: self.events.append(message)
            if message.get("id") == self.number:
                if "error" in message: raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]

    def run(self, code):
        "The value of an expression in the page, awaited"
        answer = self.ask("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            detail = answer["exceptionDetails"]
            raise RuntimeError(f"{code}: {detail.get('exception', {}).get('description', detail['text'])}")
        return answer["result"].get("value")

    def wait(self, code, seconds=60):
        "Until an expression is true in the page"
        for _ in range(int(10*seconds)):
            if self.run(code): return
            time.sleep(0.1)
        raise RuntimeError(f"not within {seconds} s: {code}")

    def open(self, address):
        "Load a page and its scripts"
        self.ask("Page.navigate", url=address)
        self.wait(f"location.href == {json.dumps(address)} && document.readyState == 'complete'")

    def press(self, key, code, text=""):
        "A key that is pressed and released where the focus is"
        for kind in ("keyDown", "keyUp"):
            said = dict(text=text) if text and kind == "keyDown" else {}
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **said)

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait(20)
        self.folder.cleanup()

    def hosts(self):
        "Of all that the page asked for"
        asked = [event["params"] for event in self.events if event["method"] == "Network.requestWillBeSent"]
        urls = [params["request"]["url"] for params in asked]
        return {url.split("/")[2] for url in urls if url.startswith(("http:", "https:", "ws:", "wss:"))}

    def errors(self):
        "What the page threw, and what its console calls an error"
        thrown = [event["params"]["exceptionDetails"]["text"] for event in self.events
                  if event["method"] == "Runtime.exceptionThrown"]
        entries = [event["params"]["entry"] for event in self.events if event["method"] == "Log.entryAdded"]
        return thrown + [entry["text"] for entry in entries if entry["level"] == "error"]

# The check

@torch.no_grad()
def python_scores(model, path):
    "`(P, K)`, of a file that is a whole number of parts long"
    x = torch.from_numpy(load_audio(path, model.options.sample_rate))
    return model(x.reshape(-1, model.options.part_samples)).numpy()

def check_examples(browser, model):
    "Choose each example in the page; yields its name and the largest difference from Python"
    for name in browser.run("[...document.querySelector('.classifier select').options].slice(1).map(o => o.value)"):
        choose = f"select.value = {json.dumps(name)}; select.dispatchEvent(new Event('change'))"
        browser.run(f"{{ const select = document.querySelector('.classifier select'); {choose} }}")
        browser.wait(f"document.querySelector('.classifier').found?.name == {json.dumps(name)}")
        found = browser.run("document.querySelector('.classifier').found")
        path = SITE/"browser"/f"{name.replace(' ', '_')}.flac"
        expected = python_scores(model, path)
        assert found["genres"] == list(model.genres) and np.shape(found["scores"]) == expected.shape, found
        ranked = model.predict(path)
        total = max(abs(p - ranked[genre]) for genre, p in zip(found["genres"], found["total"], strict=True))
        yield name, max(np.abs(found["scores"] - expected).max(), total)

def main():
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if not program: return print("skipped: the classifier in the page, since there is no Chromium here")
    if not (SITE/"browser").is_dir(): return print("skipped: the classifier is not part of this build of the site")
    model = load_classifier(ROOT/"nbs"/"browser"/"best_ckpt.pt")
    server, address = serve(SITE)
    browser = Browser(program)
    try:
        browser.open(f"{address}panel.html")
        assert browser.run("!performance.getEntriesByType('resource').some(r => r.name.includes('/browser/'))")
        browser.run("document.querySelector('.classifier .start').focus()")
        browser.press("Enter", 13, "\r")
        browser.wait("document.activeElement.matches('.classifier select')")
        differences = dict(check_examples(browser, model))
        hosts, errors = browser.hosts(), browser.errors()
    finally:
        browser.close()
        server.shutdown()
    worst = max(differences, key=differences.get)
    print(f"{len(differences)} examples: scores as Python's but for {differences[worst]:.0e} at most ({worst})")
    if hosts != {address.split("/")[2]}: sys.exit(f"the page asked other hosts: {hosts}")
    if errors: sys.exit("\n".join(errors))
    if not differences[worst] < TOLERANCE: sys.exit(f"{TOLERANCE:.0e} is allowed")

if __name__ == "__main__": main()
