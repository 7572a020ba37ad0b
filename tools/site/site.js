// Light or dark, the menu of narrow screens, the place in the table of contents, and the search. Nothing is fetched from elsewhere.
const root = document.documentElement, one = selector => document.querySelector(selector)

one("#theme").onclick = () => {
  const dark = root.dataset.theme == "dark" || root.dataset.theme != "light" && matchMedia("(prefers-color-scheme: dark)").matches
  root.dataset.theme = dark ? "light" : "dark"
  try { localStorage.theme = root.dataset.theme } catch {}
}

one("#menu").onclick = () => one("#menu").setAttribute("aria-expanded", document.body.classList.toggle("menu"))
one("#sidebar [aria-current]")?.scrollIntoView({block: "nearest"})

const links = [...document.querySelectorAll("#contents a")], heads = links.map(link => document.getElementById(link.hash.slice(1)))
function place() { // the last heading above the upper quarter of the screen
  const i = heads.findLastIndex(head => head && head.getBoundingClientRect().top < innerHeight/4)
  links.forEach((link, j) => link.classList.toggle("here", i == j))
  links[i]?.scrollIntoView({block: "nearest"})
}
if (links.length) { addEventListener("scroll", () => requestAnimationFrame(place), {passive: true}); place() }

// A frame that can be moved sideways can be moved by keys as well
const frames = [...document.querySelectorAll(".table, .equation, .picture")]
const fade = frame => frame.classList.toggle("more", !frame.matches(".table") && frame.scrollLeft + frame.clientWidth < frame.scrollWidth - 2)
function reachable() {
  for (const frame of frames) {
    const wide = frame.scrollWidth > frame.clientWidth + 1
    fade(frame)
    if (wide) frame.tabIndex = 0; else frame.removeAttribute("tabindex")
    if (wide) { frame.role = "group"; frame.ariaLabel = frame.matches(".table") ? "Table" : frame.matches(".equation") ? "Equation" : "Figure" }
  }
}
for (const frame of frames) frame.addEventListener("scroll", () => fade(frame), {passive: true})
addEventListener("load", reachable); addEventListener("resize", reachable)

// Chromium leaves a root as much room as the widest of its signs would need
document.fonts.ready.then(() => {
  for (const root of document.querySelectorAll("msqrt")) {
    const gap = root.getBoundingClientRect().right - root.lastElementChild.getBoundingClientRect().right
    if (gap > 1) root.style.marginRight = `${-gap}px`
  }
})
document.addEventListener("toggle", reachable, true)

for (const block of document.querySelectorAll("div.sourceCode:has(.python, .sh, .bash)")) {
  if (block.querySelector(".signature")) continue
  const button = document.createElement("button")
  button.className = "copy"; button.textContent = "Copy"; button.type = "button"
  button.onclick = () => {
    const text = [...block.querySelectorAll(".line")].map(line => line.textContent).join("").trimEnd()
    navigator.clipboard?.writeText(text).then(() => { button.textContent = "Copied"; setTimeout(() => button.textContent = "Copy", 1500) })
  }
  block.append(button)
}

for (const sound of document.querySelectorAll(".sound")) { // a line moves over the spectrogram; a click there goes to that time
  const audio = sound.querySelector("audio"), picture = sound.querySelector(".heard"), line = picture.querySelector("i")
  let wanted = 0
  const move = () => {
    line.style.visibility = "visible"
    line.style.left = `${100*audio.currentTime/(audio.duration || 1)}%`
    if (!audio.paused) requestAnimationFrame(move)
  }
  audio.onplay = move; audio.ontimeupdate = move
  audio.onloadedmetadata = () => { if (wanted) { audio.currentTime = wanted*audio.duration; wanted = 0 } }
  picture.onclick = event => {
    wanted = (event.clientX - picture.getBoundingClientRect().left)/picture.clientWidth
    if (audio.duration) { audio.currentTime = wanted*audio.duration; wanted = 0 }
    audio.play()
  }
}

// Search. Griffin-Lim is griffin lim, windows are window, and a word that is nowhere is taken for the nearest one
const field = one("#search input"), found = one("#found")
const stem = word => word.length > 3 ? word.replace(/ies$/, "y").replace(/(?<=[^su])s$/, "") : word
const split = text => text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean).map(stem)
const escaped = text => text.replace(/[&<>"]/g, sign => ({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})[sign])
const marked = (text, words) => escaped(text).replace(new RegExp(`(?<![\\p{L}\\p{N}])(${words.join("|")})`, "giu"), "<mark>$&</mark>")
let entries, known // what is searched, once it is loaded: the words of each section; how often each word occurs

function prepare() {
  known = new Map()
  entries = pages.flatMap(([file, title, sections]) => sections.map(([anchor, heading, text]) => {
    const counts = new Map(), all = split(text)
    for (const word of all) counts.set(word, (counts.get(word) || 0) + 1)
    const entry = {file, title, anchor, heading, text, counts, length: all.length, head: split(heading), name: split(title)}
    for (const word of new Set([...counts.keys(), ...entry.head, ...entry.name])) known.set(word, (known.get(word) || 0) + 1)
    return entry
  }))
}

function distance(a, b) { // edits from one word to another; two neighbours that change places are one
  const d = Array.from({length: a.length + 1}, (_, i) => [i])
  for (let j = 0; j <= b.length; j++) d[0][j] = j
  for (let i = 1; i <= a.length; i++) for (let j = 1; j <= b.length; j++) {
    d[i][j] = Math.min(d[i-1][j] + 1, d[i][j-1] + 1, d[i-1][j-1] + (a[i-1] != b[j-1]))
    if (i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1]) d[i][j] = Math.min(d[i][j], d[i-2][j-2] + 1)
  }
  return d[a.length][b.length]
}

function nearest(word) { // the word itself where one begins with it, else the one with the fewest edits
  if (word.length < 4 || [...known.keys()].some(other => other.startsWith(word))) return word
  let best = word, least = word.length < 7 ? 1.5 : 2.5
  for (const [other, times] of known) {
    if (Math.abs(other.length - word.length) > 2) continue
    const edits = distance(word, other) - times/1e5
    if (edits < least) { best = other; least = edits }
  }
  return best
}

const begins = (list, word) => list.some(other => other.startsWith(word))
function hits(words) { // every word occurs; headings and titles weigh more than text, whole words more than beginnings
  const all = []
  for (const entry of entries) {
    let score = 0
    for (const word of words) {
      let points = entry.head.includes(word)*14 + begins(entry.head, word)*6 + begins(entry.name, word)*3
      const times = entry.counts.get(word) || 0
      points += Math.min(times, 4)*1.5/(1 + entry.length/400)
      if (!points && word.length > 2 && begins([...entry.counts.keys()], word)) points = 0.4
      if (!points) { score = 0; break }
      score += points
    }
    if (!score) continue
    if (entry.anchor.startsWith("api-")) score *= 0.6
    if (entry.head.join(" ") == words.join(" ")) score += 12
    if (words.length > 1 && split(entry.heading + " " + entry.text).join(" ").includes(words.join(" "))) score += 9
    all.push({score, ...entry})
  }
  return all.sort((a, b) => b.score - a.score).slice(0, 15)
}

function excerpt(text, words) {
  const place = text.search(new RegExp(`(?<![\\p{L}\\p{N}])(${words.join("|")})`, "iu"))
  const start = place < 60 ? 0 : text.indexOf(" ", place - 50) + 1
  return (start ? "…" : "") + text.slice(start, start + 140)
}

function show() {
  found.hidden = !field.value.trim()
  if (found.hidden || typeof pages == "undefined") return
  if (!entries) prepare()
  const asked = split(field.value), words = asked.map(nearest), changed = asked.join() != words.join()
  const list = words.length ? hits(words) : []
  const note = changed && list.length ? `<p>Results for ${escaped(words.join(" "))}</p>` : ""
  found.innerHTML = note + (list.map(hit => `<a href="${hit.file}${hit.anchor && "#" + hit.anchor}">${marked(hit.heading, words)}` +
    `<small>${hit.heading == hit.title ? "" : escaped(hit.title) + " · "}${marked(excerpt(hit.text, words), words)}</small></a>`).join("") || "<p>Nothing found.</p>")
}

function load() { // the index, once somebody wants it
  field.removeEventListener("focus", load)
  const script = document.createElement("script")
  script.src = "search.js"; script.onload = show
  document.head.append(script)
}
field.addEventListener("focus", load)
field.addEventListener("input", show)
one("#search").onsubmit = event => { event.preventDefault(); found.querySelector("a")?.click() }
found.addEventListener("click", () => { found.hidden = true })
addEventListener("click", event => { if (!one("#search").contains(event.target)) found.hidden = true })
addEventListener("keydown", event => {
  if (event.key == "/" && !/input|textarea/i.test(event.target.tagName)) { event.preventDefault(); field.focus() }
  if (event.key == "Escape") { found.hidden = true; document.body.classList.remove("menu"); field.blur() }
  const step = {ArrowDown: 1, ArrowUp: -1}[event.key], results = [field, ...found.querySelectorAll("a")], i = results.indexOf(document.activeElement)
  if (step && i >= 0 && results.length > 1) { event.preventDefault(); results[(i + step + results.length) % results.length].focus() }
})
