// Enhances the seeker's page, which is whole without it: forms are sent in the background and what comes back takes the
// place of what stood there, with focus and a spoken word where the eye is; typed words stay, whatever happens; and what
// was seen and when the page was left is told.
"use strict";

const live = () => document.getElementById("live");
const told = document.body.dataset;
const LONGEST = 30_000;
const PARTS = "article, #asked, #rating, #remembering";
let speaking = 0;

function speak(text) {
  live().textContent = "";
  clearTimeout(speaking);
  speaking = setTimeout(() => { live().textContent = text; }, 60);
}

// --- forms, one after the other ---

// What was pressed is taken at once, and says so. Until an answer that takes the place of this page is there, nothing
// else is taken, and the buttons look like it.
const queue = [];

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || !event.submitter) return;
  event.preventDefault();
  take(form, event.submitter);
});

function take(form, button) {
  const fields = new URLSearchParams(new FormData(form));
  if (button.name) fields.append(button.name, button.value);  // old browsers do not do it by themselves
  const action = button.getAttribute("formaction") || form.getAttribute("action");
  const looks = /\/(find|next)$/.test(action), place = `place-${fields.get("do")?.split(" ")[1]}`;
  const part = form.closest(PARTS)?.id || place;
  const press = { form, button, fields, action, part, looks, entry, name: `${action} ${fields}` };
  if (queue.some((one) => one.entry === entry && (one.looks || one.name === press.name))) return;
  for (const field of texts(form)) keep(field);
  queue.push(press);
  mark(press);
  speak(looks ? told.looking : told.taken);
  if (queue.length === 1) work();
}

async function work() {
  while (queue.length) {
    await send(queue[0]);
    unmark(queue.shift());
  }
}

async function send(press) {
  const late = new AbortController(), timer = setTimeout(() => late.abort(), LONGEST);
  const ended = (how, ...what) => { if (press.entry === entry) how(press, ...what); };
  try {
    const headers = { accept: "text/html" }, signal = late.signal;
    const answer = await fetch(press.action, { method: "POST", body: press.fields, headers, signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok) ended(show, page, answer.url);
    else ended(refuse, page.querySelector(".message"));
  } catch {
    ended(refuse, null);
  } finally {
    clearTimeout(timer);
  }
}

// The button that was pressed says that it was, as large as it was, until there is an answer.
function mark({ form, button, looks }) {
  form.setAttribute("aria-busy", "true");
  button.classList.add("pressed");
  if (!looks) return;
  document.querySelector("main").setAttribute("aria-busy", "true");
  button.style.minWidth = `${button.offsetWidth}px`;
  button.style.minHeight = `${button.offsetHeight}px`;
  button.words = [...button.childNodes];
  button.replaceChildren(told.looking);
}

function unmark({ form, button }) {
  for (const busy of [form, document.querySelector("main")]) busy.removeAttribute("aria-busy");
  button.classList.remove("pressed");
  if (button.words) button.replaceChildren(...button.words);
}

// What waits behind an answer that came is marked on the new page too.
function markAgain(press) {
  const [name, value] = [press.button.name, press.button.value];
  const button = [...document.querySelectorAll("main button")].find((one) =>
    one.value === value && one.name === name && (one.form.closest(PARTS)?.id === press.part));
  if (button) mark(Object.assign(press, { button, form: button.form }));
}

// What went wrong is said where the button is, or at the box that lacks something; nothing that was typed is touched.
function refuse({ form }, wrong) {
  for (const old of document.querySelectorAll("main .message")) old.remove();
  const message = document.createElement("p");
  Object.assign(message, { className: "message", textContent: wrong?.textContent.trim() || told.lost });
  message.setAttribute("role", "alert");
  const box = wrong?.id && form.querySelector("textarea, input[type=text], input[type=radio]");
  if (!box) {
    (form.isConnected ? form : document.querySelector("main").firstElementChild).before(message);
    return message.scrollIntoView({ block: "nearest" });
  }
  message.id = wrong.id;
  (box.closest(".row, fieldset") || box).before(message);
  if (box.type !== "radio") box.setAttribute("aria-invalid", "true");
  box.setAttribute("aria-describedby", box.id === "text" ? `hint ${wrong.id}` : wrong.id);
  box.focus({ preventScroll: true });
  for (const one of [box, message]) one.scrollIntoView({ block: "nearest" });
}

// --- what comes back takes the place of what stood there ---

function show(press, page, address) {
  const here = new URL(address).pathname === location.pathname;
  const top = document.getElementById(press.part)?.getBoundingClientRect().top;
  const open = [...document.querySelectorAll("main details[open]")].map(nameOf);
  const typed = [...texts(document)].filter((field) => field.form !== press.form && field.value && (here || field.id === "own"));
  leave();
  for (const field of press.form.querySelectorAll("input[type=text]")) sessionStorage.removeItem(key(field));
  if (!here) go(address);
  swap(page, here ? open : []);
  for (const { id, value } of typed) write(id, value);
  const part = press.looks ? null : document.getElementById(press.part);
  if (!here) scrollTo(0, 0);
  else if (part && top !== undefined) scrollBy(0, part.getBoundingClientRect().top - top);
  if (queue.length > 1) return queue.slice(1).forEach(markAgain);
  if (part) return stay(press, part);
  document.getElementById("headline")?.focus({ preventScroll: true });
  speak(document.getElementById("headline")?.textContent || "");
}

// The focus and a spoken word stay with what was pressed, and it comes into view if it was left above or below.
function stay({ fields }, part) {
  const said = part.querySelector(".said"), spot = said || part.querySelector("button");
  spot?.focus({ preventScroll: true });
  (spot?.closest("form") || spot)?.scrollIntoView({ block: "nearest" });
  speak(said?.textContent || (/^undo /.test(fields.get("do")) ? told.undone : ""));
}

const nameOf = (details) => `${details.closest("article")?.id} ${details.firstElementChild.textContent}`;
const reopened = new WeakSet();

function swap(page, open = []) {
  for (const part of ["header", "main"]) document.querySelector(part).replaceWith(page.querySelector(part));
  document.title = page.title;
  at = location.pathname;
  for (const details of document.querySelectorAll("main details")) {
    if (!open.includes(nameOf(details))) continue;
    reopened.add(details);
    details.open = true;
  }
  begin();
}

// --- back and forward ---

// Each page of the browser's history has a name, under which its typed words are kept, and how far it was scrolled.
let at = location.pathname, entry = "", height = 0, going = false;

function enter() {
  entry = history.state?.entry || "";
  if (entry) return;
  entry = Math.random().toString(36).slice(2);
  history.replaceState({ entry }, "");
}

function go(address) {
  sessionStorage.setItem(`${entry} height`, scrollY);
  history.pushState(null, "", address);
  enter();
}

addEventListener("scroll", () => { if (!going) height = scrollY; }, { passive: true });

addEventListener("popstate", async () => {
  if (location.pathname === at) return history.replaceState({ entry }, "");  // a link to a place on the same page
  going = true;
  sessionStorage.setItem(`${entry} height`, height);
  leave();
  enter();
  const mine = entry;
  try {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    if (mine !== entry) return;
    swap(page);
    document.getElementById("headline")?.focus({ preventScroll: true });
    scrollTo(0, Number(sessionStorage.getItem(`${entry} height`)));
    going = false;
  } catch {
    location.reload();
  }
});

// --- reasons that come later ---

// Asked for a few times, ever more seldom, and put where nobody looks: below what is seen, or in as much space above it.
// What has the focus or the pointer stays as it is, and nothing is said aloud. The others wait until they are out of sight.
const WAITS = [1000, 1500, 2500, 4000, 6000, 9000];
let come = null, asking = 0;

function expect(address, turn) {
  come = null;
  clearTimeout(asking);
  if (turn < WAITS.length && document.querySelector("#results[data-late]")) asking = setTimeout(ask, WAITS[turn], address, turn);
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

// --- typed words stay over a reload, back and forward ---

const texts = (within) => within.querySelectorAll("textarea, input[type=text]");
const key = (field) => `${entry} ${field.id}`;

function keep(field) {
  if (field.id) sessionStorage.setItem(key(field), field.value);
}

function write(id, value) {
  const field = document.getElementById(id);
  if (!field) return;
  field.value = value;
  keep(field);
}

document.addEventListener("input", (event) => keep(event.target));

function remember() {
  for (const field of texts(document)) field.value = sessionStorage.getItem(key(field)) ?? field.value;
}

// Enter asks, as in every other box where one looks for something; with Shift it begins a line.
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "text" || event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  const button = event.target.form.querySelector(".main");
  event.target.form.requestSubmit(button);
});

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
  if (reopened.delete(event.target)) return;
  if (event.target.open && event.target.dataset.opened) tell({ opened: event.target.dataset.opened });
}, true);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-opened]");
  if (link) tell({ opened: link.dataset.opened });
});
addEventListener("pagehide", () => leave({ left: "1" }));

enter();
begin();
