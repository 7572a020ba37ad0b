// The interactive figure: a sound, one frame of it times a windowed kernel, their sum, and the spectrogram that these
// sums make. It takes the place of a still picture. `learned` comes from learned.js; nothing is fetched.
"use strict"
{
const RATE = 8000, SECONDS = 1, TURN = 2*Math.PI

// Sounds

const fade = (t, from, to) => Math.max(0, Math.min(1, (t - from)/0.02, (to - t)/0.02))
const make = at => Float32Array.from({length: RATE*SECONDS}, (_, n) => at(n/RATE))

function voice() { // harmonics of a falling pitch under two moving formants
  let angle = 0
  return make(t => {
    const pitch = 160 - 50*t, first = 350 + 450*Math.sin(3*t)**2, second = 2300 - 1300*Math.sin(3*t)**2
    angle += TURN*pitch/RATE
    let value = 0
    for (let k = 1; k*pitch < 3600; k++) {
      const weight = Math.exp(-(((k*pitch - first)/160)**2)) + 0.5*Math.exp(-(((k*pitch - second)/220)**2))
      value += (weight + 0.01)*Math.cos(k*angle)
    }
    return 0.3*value*Math.max(0, Math.sin(TURN*t*2))**0.5*fade(t, 0, 1) + 0.3*value*Math.max(0, -Math.sin(TURN*t*2))**0.5
  })
}
const SOUNDS = {
  "voice-like": voice,
  tone: () => make(t => 0.5*Math.sin(TURN*1000*t)*fade(t, 0.1, 0.9)),
  chord: () => make(t => [262, 330, 392, 523].reduce((sum, f) => sum + 0.15*Math.sin(TURN*f*t)*fade(t, 0.05, 0.95), 0)),
  "two close tones": () => make(t => 0.3*(Math.sin(TURN*1000*t) + Math.sin(TURN*1060*t))),
  click: () => make(t => [0.25, 0.5, 0.52].some(at => t >= at && t < at + 0.0005) ? 0.9 : 0),
}

// Windows and spectra

const cosines = (...a) => N => Float64Array.from({length: N}, (_, n) => a.reduce((sum, c, k) => sum + c*Math.cos(TURN*k*n/N), 0))
const WINDOWS = {hann: cosines(0.5, -0.5), hamming: cosines(0.54, -0.46), boxcar: cosines(1), "blackman-harris": cosines(0.35875, -0.48829, 0.14128, -0.01168)}

function fft(re, im) { // in place, radix 2
  const N = re.length
  for (let i = 1, j = 0; i < N; i++) {
    let bit = N >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i < j) { [re[i], re[j]] = [re[j], re[i]]; [im[i], im[j]] = [im[j], im[i]] }
  }
  for (let size = 2; size <= N; size *= 2) for (let start = 0; start < N; start += size) for (let k = 0; k < size/2; k++) {
    const c = Math.cos(TURN*k/size), s = -Math.sin(TURN*k/size), i = start + k, j = i + size/2
    const x = re[j]*c - im[j]*s, y = re[j]*s + im[j]*c
    re[j] = re[i] - x; im[j] = im[i] - y; re[i] += x; im[i] += y
  }
}

const mix = (a, b, share) => a + (b - a)*share
const STEP = 16, SAVED = 256 // of the learned kernels every sixteenth bin of frames of 256 samples was saved

function build(view, still) { // the figure in the element `view`; the picture gives way
  const state = {sound: "voice-like", window: "hann", N: 256, hop: 64, frame: 44, bin: 16, share: 0}
  const x = {}
  view.innerHTML = `
    <div class="dials">
      <label>sound <select data-of="sound">${Object.keys(SOUNDS).map(name => `<option>${name}</option>`).join("")}</select></label>
      <label>window <select data-of="window">${Object.keys(WINDOWS).map(name => `<option>${name}</option>`).join("")}</select></label>
      <label>N <select data-of="N">${[64, 128, 256, 512, 1024].map(n => `<option${n == 256 ? " selected" : ""}>${n}</option>`).join("")}</select></label>
      <label>hop <select data-of="hop">${[16, 32, 64, 128, 256].map(n => `<option${n == 64 ? " selected" : ""}>${n}</option>`).join("")}</select></label>
      <button type="button">▶ Play</button>
    </div>
    <canvas tabindex="0" role="application" aria-label="Sound, frame and spectrogram. Left and right move the frame, up and down choose the kernel."></canvas>
    <div class="dials">
      <label>frame <input type="range" data-of="frame" min="0" step="1"></label>
      <label>kernel <input type="range" data-of="bin" min="0" step="1"></label>
      <label>STFT <input type="range" data-of="share" min="0" max="1" step="0.02" value="0" aria-label="From the STFT to learned kernels"> learned</label>
    </div>
    <output aria-live="polite"></output>`
  const canvas = view.querySelector("canvas"), pen = canvas.getContext("2d"), said = view.querySelector("output")
  const dial = name => view.querySelector(`[data-of=${name}]`)
  let sound, spectrogram, audio, playing = null, places = {}

  const frames = () => 1 + Math.floor((sound.length - state.N)/state.hop)
  const start = () => state.frame*state.hop
  function window_() {
    const w = WINDOWS[state.window](state.N)
    return state.share ? w.map((v, n) => mix(v, learned.window[n], state.share)) : w
  }
  function kernel(part, bin) { // part 0: cosine, 1: minus sine; without the window
    const N = state.N
    return Float64Array.from({length: N}, (_, n) => {
      const angle = TURN*(bin*n % N)/N, value = part ? -Math.sin(angle) : Math.cos(angle)
      return state.share ? mix(value, learned.kernels[part][bin/STEP][n], state.share) : value
    })
  }

  function compute() { // magnitudes in dB, [row][frame]
    const N = state.N, w = window_(), T = frames(), rows = state.share ? SAVED/2/STEP + 1 : N/2 + 1
    const db = Array.from({length: rows}, () => new Float32Array(T))
    const level = power => 10*Math.log10(power/(N*N/16) + 1e-8)
    const kernels = state.share ? Array.from({length: rows}, (_, k) => [kernel(0, k*STEP), kernel(1, k*STEP)]) : null
    for (let t = 0; t < T; t++) {
      const re = new Float64Array(N), im = new Float64Array(N)
      for (let n = 0; n < N; n++) re[n] = sound[t*state.hop + n]*w[n]
      if (kernels) {
        for (let k = 0; k < rows; k++) {
          let a = 0, b = 0
          for (let n = 0; n < N; n++) { a += re[n]*kernels[k][0][n]; b += re[n]*kernels[k][1][n] }
          db[k][t] = level(a*a + b*b)
        }
      } else {
        fft(re, im)
        for (let k = 0; k < rows; k++) db[k][t] = level(re[k]**2 + im[k]**2)
      }
    }
    spectrogram = db
  }

  const COLOURS = [[12, 7, 45], [91, 20, 110], [187, 55, 84], [249, 142, 9], [252, 240, 180]]
  function colour(db) {
    const v = Math.max(0, Math.min(3.999, (db + 70)/70*4)), i = Math.floor(v)
    return COLOURS[i].map((c, k) => mix(c, COLOURS[i + 1][k], v - i))
  }

  let picture
  function paint() { // the spectrogram, one pixel for a value
    const rows = spectrogram.length, T = spectrogram[0].length
    picture = document.createElement("canvas")
    picture.width = T; picture.height = rows
    const data = new ImageData(T, rows)
    for (let k = 0; k < rows; k++) for (let t = 0; t < T; t++) data.data.set([...colour(spectrogram[k][t]), 255], 4*((rows - 1 - k)*T + t))
    picture.getContext("2d").putImageData(data, 0, 0)
  }

  const ink = name => getComputedStyle(view).getPropertyValue(name).trim() || "#888"
  function curve(values, box, color, scale, width = 1.3) {
    pen.strokeStyle = color; pen.lineWidth = width; pen.beginPath()
    const step = Math.max(1, Math.floor(values.length/box.w/4))
    for (let n = 0; n < values.length; n += step) {
      const px = box.x + n/(values.length - 1)*box.w, py = box.y + box.h/2 - values[n]/scale*box.h/2
      n ? pen.lineTo(px, py) : pen.moveTo(px, py)
    }
    pen.stroke()
  }
  function words(text, px, py, color, align = "left") { pen.fillStyle = color; pen.textAlign = align; pen.fillText(text, px, py) }

  function draw() {
    const width = canvas.clientWidth, narrow = width < 520, height = narrow ? 560 : 460, ratio = devicePixelRatio || 1
    canvas.style.height = `${height}px`
    canvas.width = width*ratio; canvas.height = height*ratio
    pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    pen.clearRect(0, 0, width, height)
    pen.font = `12px ${getComputedStyle(document.querySelector("header")).fontFamily}`
    const dark = ink("color-scheme") == "dark" || document.documentElement.dataset.theme == "dark" || document.documentElement.dataset.theme != "light" && matchMedia("(prefers-color-scheme: dark)").matches
    const [text, quiet, orange, blue, green] = dark ? ["#d9dbe0", "#979dab", "#f0a050", "#86b7ea", "#86cf98"] : ["#22252b", "#666c78", "#b65a00", "#1f5a94", "#23713a"]

    // the sound and its frame
    const heard = {x: 0, y: 18, w: width, h: 66}
    words("sound: drag the frame", 0, 12, quiet)
    pen.fillStyle = orange; pen.globalAlpha = 0.25
    pen.fillRect(heard.x + start()/sound.length*heard.w, heard.y, state.N/sound.length*heard.w, heard.h)
    pen.globalAlpha = 1
    curve(sound, heard, quiet, 1, 0.8)

    // frame × window × kernel
    const w = window_(), frame = sound.subarray(start(), start() + state.N)
    const half = narrow ? width : width*0.46
    const row = (i, y) => ({x: 62, y: y + i*52, w: half - 66, h: 46})
    const top = 112
    const loud = Math.max(1e-3, ...frame.map(Math.abs)), bases = [kernel(0, state.bin), kernel(1, state.bin)]
    const kernels = bases.map(basis => basis.map((v, n) => v*w[n])), peak = Math.max(1e-3, ...kernels[0].map(Math.abs), ...kernels[1].map(Math.abs), 1)
    const products = kernels.map(k => k.map((v, n) => v*frame[n]))
    const sums = products.map(p => p.reduce((a, b) => a + b, 0))
    words("one frame, times a kernel, added up", 0, top - 6, quiet)
    const lines = [["frame", frame, orange, loud], ["cosine", kernels[0], blue, peak], ["product", products[0], green, loud*peak], ["− sine", kernels[1], blue, peak], ["product", products[1], green, loud*peak]]
    lines.forEach(([name, values, color, scale], i) => {
      const box = row(i, top)
      pen.strokeStyle = quiet; pen.globalAlpha = 0.35; pen.lineWidth = 1
      pen.beginPath(); pen.moveTo(box.x, box.y + box.h/2); pen.lineTo(box.x + box.w, box.y + box.h/2); pen.stroke(); pen.globalAlpha = 1
      words(name, 0, box.y + box.h/2 - 2, color)
      if (i == 2 || i == 4) words(`Σ ${sums[i/2 - 1].toFixed(1).replace("-", "−")}`, 0, box.y + box.h/2 + 13, text)
      curve(values, box, color, scale)
    })

    // the spectrogram
    const at = narrow ? {x: 40, y: top + 282, w: width - 42, h: height - top - 282 - 22} : {x: half + 62, y: top, w: width - half - 64, h: height - top - 40}
    places = {heard, at}
    words("spectrogram: drag the cross", at.x, at.y - 6, quiet)
    pen.imageSmoothingEnabled = false
    pen.drawImage(picture, at.x, at.y, at.w, at.h)
    words("4 kHz", at.x - 4, at.y + 10, quiet, "right"); words("0", at.x - 4, at.y + at.h, quiet, "right")
    words("0 s", at.x, at.y + at.h + 14, quiet); words("1 s", at.x + at.w, at.y + at.h + 14, quiet, "right")
    const px = at.x + (state.frame + 0.5)/spectrogram[0].length*at.w
    const rows = spectrogram.length, index = state.share ? state.bin/STEP : state.bin
    const py = at.y + at.h - (index + 0.5)/rows*at.h
    pen.strokeStyle = "#fff"; pen.lineWidth = 1; pen.globalAlpha = 0.6
    pen.beginPath(); pen.moveTo(px, at.y); pen.lineTo(px, at.y + at.h); pen.moveTo(at.x, py); pen.lineTo(at.x + at.w, py); pen.stroke()
    pen.globalAlpha = 1; pen.lineWidth = 2; pen.strokeRect(px - 5, py - 5, 10, 10)

    const magnitude = Math.hypot(...sums), hertz = state.bin*RATE/state.N
    const number = value => Math.abs(value).toFixed(1), sign = value => value < -0.05 ? "−" : ""
    said.textContent = `Frame ${state.frame + 1} of ${frames()}, kernel ${state.bin} (${Math.round(hertz)} Hz): |${sign(sums[0])}${number(sums[0])} ${sums[1] < -0.05 ? "−" : "+"} ${number(sums[1])}j| = ${magnitude.toFixed(1)}` +
      (state.share ? `. ${Math.round(100*state.share)} % of the way to what spoken digits taught: nine kernels were saved, one each 500 Hz.` : ".")
  }

  function settle(changed) { // keep the state within its range, and compute what has to be
    if (changed == "sound" || !sound) sound = x[state.sound] ??= SOUNDS[state.sound]()
    if (changed == "N" || changed == "window") state.share = 0
    if (state.share) { state.N = SAVED; state.window = "hann" }
    state.frame = Math.max(0, Math.min(frames() - 1, state.frame))
    state.bin = Math.max(0, Math.min(state.N/2, state.bin))
    if (state.share) state.bin = Math.round(state.bin/STEP)*STEP
    const bin = dial("bin")
    dial("frame").max = frames() - 1; bin.max = state.N/2; bin.step = state.share ? STEP : 1
    for (const name of ["window", "N", "frame", "bin", "share"]) dial(name).value = state[name]
    if (!["frame", "bin"].includes(changed)) { compute(); paint() }
    draw()
  }

  for (const part of view.querySelectorAll("[data-of]")) part.addEventListener("input", () => {
    const name = part.dataset.of, before = {N: state.N, time: (start() + state.N/2)/RATE, hertz: state.bin*RATE/state.N}
    state[name] = ["sound", "window"].includes(name) ? part.value : +part.value
    if (name == "share" && state.share) state.N = SAVED
    if (["N", "hop", "share"].includes(name)) { // stay at the same time and frequency
      state.frame = Math.round((before.time*RATE - state.N/2)/state.hop)
      state.bin = Math.round(before.hertz*state.N/RATE)
    }
    settle(name)
  })
  canvas.addEventListener("keydown", event => {
    const [dt, dk] = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key] || []
    if (dt == null) return
    event.preventDefault()
    state.frame += dt; state.bin += dk*(state.share ? STEP : 1)
    settle("frame")
  })
  let held = null
  function drag(event) {
    const box = canvas.getBoundingClientRect(), px = event.clientX - box.left, py = event.clientY - box.top, {heard, at} = places
    if (held == "heard") state.frame = Math.round((px/heard.w*sound.length - state.N/2)/state.hop)
    if (held == "at") {
      state.frame = Math.floor((px - at.x)/at.w*spectrogram[0].length)
      const index = Math.floor((at.y + at.h - py)/at.h*spectrogram.length)
      state.bin = state.share ? index*STEP : index
    }
    if (held) settle("frame")
  }
  canvas.addEventListener("pointerdown", event => {
    const box = canvas.getBoundingClientRect(), px = event.clientX - box.left, py = event.clientY - box.top, {heard, at} = places
    held = py < heard.y + heard.h + 6 ? "heard" : px >= at.x - 5 && py >= at.y - 5 ? "at" : null
    if (held) { canvas.setPointerCapture(event.pointerId); drag(event) }
  })
  canvas.addEventListener("pointermove", event => { if (held) drag(event) })
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { held = null })

  const button = view.querySelector("button")
  button.onclick = () => {
    audio ??= new AudioContext()
    if (playing) { playing.stop(); return }
    const buffer = audio.createBuffer(1, sound.length, RATE)
    buffer.copyToChannel(sound, 0)
    playing = audio.createBufferSource()
    playing.buffer = buffer; playing.connect(audio.destination)
    const began = audio.currentTime
    playing.onended = () => { playing = null; button.textContent = "▶ Play"; said.ariaLive = "polite" }
    playing.start(); button.textContent = "■ Stop"
    said.ariaLive = "off" // not every frame
    const move = () => {
      if (!playing) return
      state.frame = Math.round(((audio.currentTime - began)*RATE - state.N/2)/state.hop)
      settle("frame"); requestAnimationFrame(move)
    }
    move()
  }
  function loudest() { // of the kernels whose learned form was saved, the one that the frame answers most
    let best = STEP
    for (let k = STEP; k < state.N/2; k += STEP) if (spectrogram[k][state.frame] > spectrogram[best][state.frame]) best = k
    return best
  }
  still.hidden = true
  new ResizeObserver(draw).observe(view)
  document.querySelector("#theme")?.addEventListener("click", () => setTimeout(draw))
  settle("sound")
  state.bin = loudest()
  settle("bin")
}

for (const still of document.querySelectorAll("img.interactive")) {
  const view = document.createElement("div")
  view.className = "try"
  still.before(view)
  build(view, still)
}
}
