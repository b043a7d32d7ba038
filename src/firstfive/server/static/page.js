// Enhances the seeker's page, which is whole without it: forms are sent in the background and what comes back takes the
// place of what stood there, with focus and a spoken word where the eye is; typed words stay, whatever happens; and what
// was seen and when the page was left is told.
"use strict";

const live = () => document.getElementById("live");
const speak = (text) => { live().textContent = ""; setTimeout(() => { live().textContent = text; }, 60); };
const told = document.body.dataset;
const LONGEST = 30_000;
let busy = false;

// --- forms ---

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || !event.submitter) return;
  event.preventDefault();
  if (!busy) send(form, event.submitter);
});

async function send(form, button) {
  const fields = new URLSearchParams(new FormData(form));
  if (button.name) fields.append(button.name, button.value);  // old browsers do not do it by themselves
  const action = button.getAttribute("formaction") || form.getAttribute("action");
  const place = form.closest("article")?.id;
  const looks = /\/(find|next)$/.test(action);
  const restore = looks ? looking(button) : () => {};
  const late = new AbortController(), timer = setTimeout(() => late.abort(), LONGEST);
  wait(form, true);
  if (looks) speak(told.looking);
  try {
    const headers = { accept: "text/html" }, signal = late.signal;
    const answer = await fetch(action, { method: "POST", body: fields, headers, signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok) show(page, answer.url, place);
    else refuse(page.querySelector(".message")?.textContent || told.lost);
  } catch {
    refuse(told.lost);
  } finally {
    clearTimeout(timer);
    restore();
    wait(form, false);
  }
}

// The button that was pressed says so, as large as it was, until there is an answer.
function looking(button) {
  const words = [...button.childNodes];
  button.style.minWidth = `${button.offsetWidth}px`;
  button.style.minHeight = `${button.offsetHeight}px`;
  button.replaceChildren(told.looking);
  return () => button.replaceChildren(...words);
}

function wait(form, on) {
  busy = on;
  form.setAttribute("aria-busy", String(on));
}

// What went wrong is said above what stands there; nothing that was typed is touched.
function refuse(text) {
  document.querySelector(".message")?.remove();
  const message = document.createElement("p");
  message.className = "message";
  message.setAttribute("role", "alert");
  message.textContent = text;
  document.querySelector("main").prepend(message);
  message.scrollIntoView({ block: "nearest" });
}

function show(page, address, place) {
  const here = new URL(address).pathname === location.pathname;
  leave();
  forget();
  if (!here) history.pushState(null, "", address);
  swap(page);
  const card = here && place && document.getElementById(place);
  const spot = card ? card.querySelector(".said") || card.querySelector(".decide button") : document.getElementById("headline");
  spot?.focus({ preventScroll: here });
  if (!here) scrollTo(0, 0);
  speak(card ? card.querySelector(".said")?.textContent || "" : document.getElementById("headline")?.textContent || "");
}

function swap(page) {
  for (const part of ["header", "main"]) document.querySelector(part).replaceWith(page.querySelector(part));
  document.title = page.title;
  at = location.pathname;
  begin();
}

// Back and forward; a link to a place on the same page comes here too.
let at = location.pathname;
addEventListener("popstate", async () => {
  if (location.pathname === at) return;
  leave();
  try {
    swap(new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html"));
    document.getElementById("headline")?.focus();
  } catch {
    location.reload();
  }
});

// --- reasons that come later ---

// Asked for a few times, ever more seldom, and put where nobody looks: below what is seen, or in as much space above it.
// What has the focus or the pointer stays as it is, and nothing is said aloud. The others wait until they are out of sight.
const WAITS = [1000, 1500, 2500, 4000, 6000, 9000];
let come = null;

function expect(address, turn) {
  come = null;
  if (turn < WAITS.length && document.querySelector("#results[data-late]")) setTimeout(ask, WAITS[turn], address, turn);
}

async function ask(address, turn) {
  if (address !== at) return;
  try {
    const answer = await fetch(`${address}/reasons`, { headers: { accept: "text/html" } });
    if (address !== at) return;
    if (answer.status === 204) return expect(address, turn + 1);
    if (!answer.ok) return;
    come = new DOMParser().parseFromString(await answer.text(), "text/html");
    exchange();
  } catch { /* what stands there is good */ }
}

function exchange() {
  const changed = [];
  for (const card of come ? document.querySelectorAll("article[data-place]") : []) {
    const was = card.querySelector(".reason"), now = come.getElementById(card.id)?.querySelector(".reason");
    if (!was || !now || was.innerHTML === now.innerHTML || !unwatched(card)) continue;
    const space = was.offsetHeight, below = card.getBoundingClientRect().top >= innerHeight;
    const put = document.importNode(now, true);
    was.replaceWith(put);
    if (below || put.offsetHeight <= space) {
      if (!below) put.style.minHeight = `${space}px`;
      changed.push(card.dataset.place);
    } else put.replaceWith(was);
  }
  if (changed.length) tell({ explained: changed.join(",") });
}

function unwatched(card) {
  const box = card.getBoundingClientRect();
  const out = box.top >= innerHeight || box.bottom <= 0;
  return out && !card.contains(document.activeElement) && !card.matches(":hover");
}

addEventListener("scrollend", exchange);

// --- typed words stay over a reload ---

const drafts = () => document.querySelectorAll("textarea, input[type=text]");
const key = (field) => `${location.pathname} ${field.id}`;

document.addEventListener("input", (event) => {
  if (event.target.id) sessionStorage.setItem(key(event.target), event.target.value);
});

function remember() {
  for (const field of drafts()) {
    const kept = sessionStorage.getItem(key(field));
    if (kept && !field.value.trim()) field.value = kept;
  }
}

function forget() {
  for (const field of drafts()) sessionStorage.removeItem(key(field));
}

// --- what was seen, opened, and when the page was left ---

const seen = new Set();
let timers = new Map();
let watch = null;

function begin() {
  remember();
  expect(at, 0);
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  for (const text of document.querySelectorAll("[data-no-print]")) text.hidden = true;
  watch = new IntersectionObserver(looked, { threshold: 0.6 });
  for (const card of document.querySelectorAll("article[data-place]")) watch.observe(card);
}

// A result counts as seen when most of it stood still for a second.
function looked(cards) {
  for (const { target, isIntersecting } of cards) {
    clearTimeout(timers.get(target));
    if (isIntersecting) timers.set(target, setTimeout(() => seen.add(target.dataset.place), 1000));
  }
}

function tell(fields) {
  if (/^\/slate\/[^/]+$/.test(at)) navigator.sendBeacon(`${at}/noted`, new URLSearchParams(fields));
}

function leave(fields = {}) {
  watch?.disconnect();
  if (seen.size) fields.seen = [...seen].join(",");
  if (Object.keys(fields).length) tell(fields);
  seen.clear();
}

document.addEventListener("toggle", (event) => {
  if (event.target.open && event.target.dataset.opened) tell({ opened: event.target.dataset.opened });
}, true);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-opened]");
  if (link) tell({ opened: link.dataset.opened });
});
addEventListener("pagehide", () => leave({ left: "1" }));

begin();
