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

const field = one("#search input"), found = one("#found")
const plain = text => text.toLowerCase()
const escaped = text => text.replace(/[&<>"]/g, sign => ({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})[sign])
const marked = (text, words) => escaped(text).replace(new RegExp(words.map(word => escaped(word).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "gi"), "<mark>$&</mark>")

function hits(words) { // every word occurs; headings and titles weigh more than text, whole words more than parts
  const all = []
  for (const [file, title, sections] of pages) for (const [anchor, heading, text] of sections) {
    const head = plain(heading), name = plain(title), body = plain(text)
    let score = 0
    for (const word of words) {
      const points = (head == word)*20 + head.includes(word)*8 + name.includes(word)*2 + Math.min(body.split(word).length - 1, 4)
      if (!points) { score = 0; break }
      score += points
    }
    if (score) all.push({score, file, title, anchor, heading, text})
  }
  return all.sort((a, b) => b.score - a.score).slice(0, 15)
}

function excerpt(text, words) {
  const start = Math.max(0, Math.min(...words.map(word => plain(text).indexOf(word)).filter(i => i >= 0), text.length) - 50)
  return (start ? "…" : "") + text.slice(start, start + 140)
}

function show() {
  const words = plain(field.value).split(/\s+/).filter(Boolean)
  found.hidden = !words.length
  if (!words.length || typeof pages == "undefined") return
  found.innerHTML = hits(words).map(hit => `<a href="${hit.file}${hit.anchor && "#" + hit.anchor}">${marked(hit.heading, words)}` +
    `<small>${hit.heading == hit.title ? "" : escaped(hit.title) + " · "}${marked(excerpt(hit.text, words), words)}</small></a>`).join("") || "<p>Nothing found.</p>"
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
