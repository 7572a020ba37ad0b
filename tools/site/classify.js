// A trained classifier in the page: a file, an example or the microphone -> spectrogram, the prediction of each part, and
// their vote. Everything comes from the folder browser/ of the site, and nothing of it before the button is pressed.
"use strict"
{
const FOLDER = new URL("browser/", document.baseURI).href
const LONGEST = 120, RECORDED = 10, BATCH = 16 // seconds that are judged; seconds of a recording; parts at a time
const COLOURS = ["#3f68b5", "#b35f10", "#2f7d45", "#b5403c", "#7a56a8", "#7a5346", "#b0508d", "#656d76", "#7d7815", "#1f7f8d"]
const SHADES = [[12, 7, 45], [91, 20, 110], [187, 55, 84], [249, 142, 9], [252, 240, 180]]

// The classifier

async function load() { // what the files say of themselves, and a session that runs the network
  const ort = await import(FOLDER + "ort.wasm.bundle.min.mjs")
  ort.env.wasm.numThreads = 1
  ort.env.wasm.wasmPaths = {wasm: FOLDER + "ort-wasm-simd-threaded.wasm"}
  const facts = await (await fetch(FOLDER + "facts.json")).json()
  const session = await ort.InferenceSession.create(FOLDER + "classifier.onnx", {executionProviders: ["wasm"]})
  return {...facts, session, Tensor: ort.Tensor}
}

async function decoded(bytes, rate) { // the mean of a file's channels, at the classifier's sample rate
  const audio = await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes)
  const x = new Float32Array(audio.length)
  for (let c = 0; c < audio.numberOfChannels; c++) audio.getChannelData(c).forEach((value, n) => { x[n] += value/audio.numberOfChannels })
  return x.subarray(0, LONGEST*rate)
}

function cut(x, size) { // where the parts begin: side by side, and a last one that ends with the sound
  const starts = []
  for (let start = 0; start + size <= x.length; start += size) starts.push(start)
  if (!starts.length) return [0]
  if (starts.at(-1) + size < x.length) starts.push(x.length - size)
  return starts
}

function softmax(scores) {
  const top = Math.max(...scores), e = scores.map(score => Math.exp(score - top)), sum = e.reduce((a, b) => a + b)
  return e.map(value => value/sum)
}

async function classify(model, x) { // scores and probabilities of each part, their mean, and the spectrogram of each part
  const size = model.part_samples, K = model.genres.length, starts = cut(x, size), scores = [], images = []
  for (let first = 0; first < starts.length; first += BATCH) {
    const some = starts.slice(first, first + BATCH), samples = new Float32Array(some.length*size)
    some.forEach((start, i) => samples.set(x.subarray(start, start + size), i*size))
    const {y, image} = await model.session.run({x: new model.Tensor("float32", samples, [some.length, size])})
    const [, bands, frames] = image.dims
    some.forEach((_, i) => {
      scores.push([...y.data.subarray(i*K, (i + 1)*K)])
      images.push({bands, frames, data: image.data.slice(i*bands*frames, (i + 1)*bands*frames)})
    })
  }
  const probabilities = scores.map(softmax)
  const total = model.genres.map((_, k) => probabilities.reduce((sum, p) => sum + p[k], 0)/probabilities.length)
  return {starts, scores, probabilities, total, images}
}

// The picture

function shade(value) {
  const v = Math.max(0, Math.min(3.999, value*4)), i = Math.floor(v)
  return SHADES[i].map((c, k) => c + (SHADES[i + 1][k] - c)*(v - i))
}

function painted({bands, frames, data}, top) { // the spectrogram of a part, a pixel for a value
  const picture = document.createElement("canvas"), pixels = new ImageData(frames, bands)
  picture.width = frames; picture.height = bands
  for (let k = 0; k < bands; k++) for (let t = 0; t < frames; t++) {
    pixels.data.set([...shade(data[k*frames + t]/top), 255], 4*((bands - 1 - k)*frames + t))
  }
  picture.getContext("2d").putImageData(pixels, 0, 0)
  return picture
}

const percent = p => `${Math.round(100*p)} %`
const ranked = p => p.map((_, k) => k).sort((a, b) => p[b] - p[a])

function build(view) {
  view.classList.add("try")
  view.innerHTML = `
    <div class="dials"><button type="button" class="start">Load the classifier</button><span class="size">15 MB, from this site, once</span></div>
    <div class="dials" hidden>
      <label>example <select><option value="">choose</option></select></label>
      <label>file <input type="file" accept="audio/*,.au,.flac,.ogg" title="pick a file, or drop one here"></label>
      <button type="button" class="record">● Record ${RECORDED} s</button>
      <button type="button" class="play" disabled>▶ Play</button>
    </div>
    <output aria-live="polite"></output>
    <div class="answer" hidden><canvas role="img"></canvas><ol class="vote" aria-label="Vote"></ol>
    <details><summary>As a table</summary><div class="table" tabindex="0" role="group" aria-label="Table"><table><thead></thead><tbody></tbody></table></div></details></div>`
  const part = selector => view.querySelector(selector)
  const said = part("output"), canvas = part("canvas"), pen = canvas.getContext("2d"), [start, dials] = view.querySelectorAll(".dials")
  const select = part("select"), file = part("input"), record = part(".record"), play = part(".play")
  let model, sound, found, name, pictures, audio, playing, recorder, turn = 0
  const say = text => { said.textContent = text }

  start.querySelector("button").onclick = async () => {
    const button = start.querySelector("button")
    if (location.protocol == "file:") return say("A browser loads no WebAssembly from a folder. Serve the site, for instance with: python -m http.server -d _docs")
    button.disabled = true
    say("Loading ...")
    try { model = await load() } catch (error) {
      button.disabled = false
      return say(`The classifier could not be loaded: ${error.message}`)
    }
    for (const example of model.examples) select.add(new Option(example))
    start.hidden = true; dials.hidden = false
    select.focus()
    say("Ready: choose an example, pick or drop a file, or use the microphone.")
  }

  async function judge(title, bytes) { // decode, classify, draw; a later sound overtakes an earlier one
    const mine = ++turn
    stop()
    say(`Listening to ${title} ...`)
    try {
      const x = await decoded(bytes, model.sample_rate)
      if (x.length < model.nfft) throw new Error("too short")
      const answer = await classify(model, x)
      if (mine != turn) return
      sound = x; found = answer; name = title
    } catch (error) {
      if (mine == turn) { part(".answer").hidden = play.disabled = true; say(`${title}: cannot be used (${error.message})`) }
      return
    }
    show()
  }

  function show() {
    const seconds = sound.length/model.sample_rate, order = ranked(found.total), top = Math.max(1e-6, ...found.images.map(image => image.data.reduce((a, b) => Math.max(a, b), 0)))
    pictures = found.images.map(image => painted(image, top))
    part(".answer").hidden = play.disabled = false
    const best = order.slice(0, 3).map(k => `${model.genres[k]} ${percent(found.total[k])}`).join(", ")
    const parts = found.starts.length == 1 ? "one part" : `${found.starts.length} parts`
    say(`${name}, ${seconds.toFixed(1)} s, ${parts}: ${best}`)
    canvas.ariaLabel = `Spectrogram of ${name}, ${seconds.toFixed(1)} s, and below it the prediction of each part`
    part(".vote").innerHTML = order.map(k => `<li><span>${model.genres[k]}</span><i style="width:${100*found.total[k]}%;background:${COLOURS[k % 10]}"></i><b>${percent(found.total[k])}</b></li>`).join("")
    part("thead").innerHTML = `<tr><th scope="col">from</th>${order.map(k => `<th scope="col">${model.genres[k]}</th>`).join("")}</tr>`
    part("tbody").innerHTML = found.probabilities.map((p, i) => `<tr><th scope="row">${(found.starts[i]/model.sample_rate).toFixed(1)} s</th>${order.map(k => `<td>${percent(p[k])}</td>`).join("")}</tr>`).join("")
    draw()
    view.found = {genres: model.genres, scores: found.scores, probabilities: found.probabilities, total: found.total, name}
  }

  function draw(now = null) { // `now`: the time that is heard, s
    if (!found || !canvas.clientWidth) return
    const width = canvas.clientWidth, height = 300, ratio = devicePixelRatio || 1
    canvas.style.height = `${height}px`
    canvas.width = width*ratio; canvas.height = height*ratio
    pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    const quiet = getComputedStyle(said).color
    pen.font = `12px ${getComputedStyle(view).fontFamily}`
    const left = 42, w = width - left, upper = {y: 18, h: 132}, lower = {y: 176, h: 100}
    const seconds = sound.length/model.sample_rate, size = model.part_samples/model.sample_rate, at = s => left + s/Math.max(seconds, size)*w
    const words = (text, x, y, align = "left", colour = quiet) => { pen.fillStyle = colour; pen.textAlign = align; pen.fillText(text, x, y) }
    words(w < 400 ? "what the network sees" : "what the network sees: mel filters of the learned layer", left, 12)
    words(`${model.sample_rate/2000} kHz`, left - 4, upper.y + 10, "right"); words("0", left - 4, upper.y + upper.h, "right")
    words("100 %", left - 4, lower.y + 10, "right"); words("0", left - 4, lower.y + lower.h, "right")
    words("prediction of each part", left, lower.y - 6)
    const order = ranked(found.total)
    pen.imageSmoothingEnabled = false
    found.starts.forEach((first, i) => {
      const from = at(first/model.sample_rate), to = at(first/model.sample_rate + size)
      pen.drawImage(pictures[i], from, upper.y, to - from, upper.h)
      let y = lower.y + lower.h
      for (const k of order) {
        const tall = found.probabilities[i][k]*lower.h
        pen.fillStyle = COLOURS[k % 10]
        pen.fillRect(from, y - tall, to - from - 1, tall)
        y -= tall
        const label = model.genres[k]
        if (tall > 15 && pen.measureText(label).width < to - from - 8) words(label, from + 5, y + 13, "left", "#fff")
      }
    })
    words("0 s", left, height - 8); words(`${Math.max(seconds, size).toFixed(1)} s`, left + w, height - 8, "right")
    if (now != null) { pen.fillStyle = "#fff"; pen.fillRect(at(now), upper.y, 1.5, upper.h); pen.fillStyle = quiet; pen.fillRect(at(now), lower.y, 1.5, lower.h) }
  }

  // Where sounds come from

  select.onchange = async () => {
    const example = select.value
    if (!example) return
    file.value = ""
    try { await judge(example, await (await fetch(`${FOLDER}${example.replaceAll(" ", "_")}.flac`)).arrayBuffer()) }
    catch (error) { say(`${example}: ${error.message}`) }
  }
  async function take(one) { if (one) { select.value = ""; await judge(one.name, await one.arrayBuffer()) } }
  file.onchange = () => take(file.files[0])
  view.addEventListener("dragover", event => event.preventDefault())
  view.addEventListener("drop", event => {
    event.preventDefault()
    if (model) take(event.dataTransfer.files[0]); else say("Load the classifier first, then drop the file again.")
  })
  record.onclick = async () => {
    if (recorder) return recorder.stop()
    let stream
    try { stream = await navigator.mediaDevices.getUserMedia({audio: {echoCancellation: false, noiseSuppression: false, autoGainControl: false}}) }
    catch (error) { return say(`No microphone: ${error.message}`) }
    const pieces = []
    recorder = new MediaRecorder(stream)
    recorder.ondataavailable = event => pieces.push(event.data)
    recorder.onstop = async () => {
      stream.getTracks().forEach(track => track.stop())
      clearTimeout(timer)
      recorder = null
      record.textContent = `● Record ${RECORDED} s`
      select.value = file.value = ""
      await judge("recording", await new Blob(pieces).arrayBuffer())
    }
    recorder.start()
    record.textContent = "■ Stop"
    say("Recording ...")
    const timer = setTimeout(() => recorder?.stop(), RECORDED*1000)
  }

  function stop() { playing?.stop() }
  play.onclick = () => {
    if (playing) return stop()
    audio ??= new AudioContext()
    const buffer = audio.createBuffer(1, sound.length, model.sample_rate)
    buffer.copyToChannel(sound, 0)
    playing = audio.createBufferSource()
    playing.buffer = buffer; playing.connect(audio.destination)
    const began = audio.currentTime
    playing.onended = () => { playing = null; play.textContent = "▶ Play"; draw() }
    playing.start()
    play.textContent = "■ Stop"
    const move = () => { if (playing) { draw(audio.currentTime - began); requestAnimationFrame(move) } }
    move()
  }
  new ResizeObserver(() => draw()).observe(canvas)
  document.querySelector("#theme")?.addEventListener("click", () => setTimeout(draw))
}

for (const view of document.querySelectorAll(".classifier")) build(view)
}
