// Enhances the seeker's page, which is whole without it: forms are sent in the background and what comes back takes the
// place of what stood there, with focus and a spoken word where the eye is; typed words stay, whatever happens; and what
// was seen and when the page was left is told.
"use strict";

const live = () => document.getElementById("live");
const told = document.body.dataset;
const LONGEST = 30_000;
const PARTS = "article, #asked, #rating, #remembering";
let speaking = 0;

function hush() {
  clearTimeout(speaking);
  live().textContent = "";
}

function speak(text) {
  hush();
  speaking = setTimeout(() => { live().textContent = text; }, 60);
}

const read = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

// Between a browser and this server others may answer: a hotel's network, a proxy.
const ours = (page) => page?.querySelector("body[data-lost] > main");

// --- what is kept by the browser, or where it keeps nothing, for as long as the page stands ---

const held = new Map();

function store(name, value) {
  held.set(name, `${value}`);
  try {
    sessionStorage.setItem(name, value);
  } catch {
    drop(name, false);  // what was kept before is old now
  }
}

function stored(name) {
  try {
    return held.get(name) ?? sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

function drop(name, wholly = true) {
  if (wholly) held.delete(name);
  try {
    sessionStorage.removeItem(name);
  } catch { /* nothing is kept there */ }
}

// --- forms, one after the other ---

// What was pressed is taken at once, and says so. Until an answer that takes the place of this page is there, nothing
// else is taken, and the buttons look like it. What fails holds back what would lead away from it.
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
    const done = await send(queue[0]), press = queue.shift();
    unmark(press);
    for (const one of done ? [] : queue.splice(0)) {
      if (one.looks && one.entry === press.entry) unmark(one);
      else queue.push(one);
    }
  }
}

// Whether it was done. What would lead away from a page that was left is not sent.
async function send(press) {
  if (press.looks && press.entry !== entry) return true;
  press.late = new AbortController();
  const timer = setTimeout(() => press.late.abort(), LONGEST), signal = press.late.signal;
  const ended = (how, ...what) => { if (press.entry === entry && !coming) how(press, ...what); };
  try {
    const answer = await post(press, { headers: { accept: "text/html" }, signal });
    const page = await read(answer);
    if (answer.ok && ours(page)) {
      ended(show, page, answer.url);
      return true;
    }
    ended(refuse, ours(page) && page.querySelector(".message"));
  } catch {
    ended(refuse, null);
  } finally {
    clearTimeout(timer);
  }
  return false;
}

const post = ({ action, fields }, how) => fetch(action, { method: "POST", body: fields, ...how });

// The button that was pressed says that it was, as large as it was, until there is an answer. Where there is no room for
// other words it keeps its own.
function mark({ form, button, looks }) {
  form.setAttribute("aria-busy", "true");
  button.classList.add("pressed");
  if (!looks) return;
  document.querySelector("main").setAttribute("aria-busy", "true");
  const was = button.getBoundingClientRect();
  button.style.minWidth = `${was.width}px`;
  button.style.minHeight = `${was.height}px`;
  button.words = [...button.childNodes];
  button.replaceChildren(told.looking);
  const now = button.getBoundingClientRect();
  if (now.width > was.width + 0.1 || now.height > was.height + 0.1) button.replaceChildren(...button.words);
}

function unmark({ form, button, looks }) {
  for (const busy of looks ? [form, document.querySelector("main")] : [form]) busy.removeAttribute("aria-busy");
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
function refuse({ form, part, button }, wrong) {
  const words = texts(form).length ? told.lost : told.missed;
  const message = complaint(wrong?.textContent.trim() || words, part);
  settle(document.getElementById(part));
  const spot = form.isConnected ? form : document.getElementById(part)?.querySelector("form");
  if (spot && !inSight(form.isConnected ? button : spot)) return callFrom(spot, message);
  const box = form.isConnected && wrong?.id && form.querySelector("textarea, input[type=text], input[type=radio]");
  if (!box) {
    (spot || document.querySelector("main").firstElementChild).before(message);
    return message.scrollIntoView({ block: "nearest" });
  }
  message.id = wrong.id;
  (box.closest(".row, fieldset") || box).before(message);
  if (box.type !== "radio") box.setAttribute("aria-invalid", "true");
  box.setAttribute("aria-describedby", box.id === "text" ? `hint ${wrong.id}` : wrong.id);
  box.focus({ preventScroll: true });
  for (const one of [box, message]) one.scrollIntoView({ block: "nearest" });
}

const inSight = (one) => {
  const box = one.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight;
};

// What is said out of sight stands at the lower edge too, with a way there, until it is in sight. One at a time.
let afar = null;

function callFrom(spot, message) {
  const still = stands(firstInSight(spot.closest(PARTS)?.id));
  spot.before(message);
  still();
  afar?.remove();
  const [call, words, way] = ["aside", "p", "button"].map((name) => document.createElement(name));
  call.className = "afar";
  words.textContent = message.textContent;
  way.type = "button";
  const name = spot.closest("article")?.querySelector("h2 bdi")?.textContent || spot.querySelector("button").textContent;
  way.textContent = `${told.there} ${name}`;
  way.addEventListener("click", () => {
    message.scrollIntoView({ block: "center" });
    message.parentElement.querySelector("form button")?.focus({ preventScroll: true });
  });
  call.append(words, way);
  call.of = message;
  document.body.append(call);
  afar = call;
  new IntersectionObserver((seen, there) => {
    if (message.isConnected && !seen.some(({ isIntersecting }) => isIntersecting)) return;
    there.disconnect();
    if (afar === call) callOff();
  }, { threshold: 1 }).observe(message);
}

// gone: only where the message is there no more.
function callOff(gone) {
  if (gone && afar?.of.isConnected) return;
  afar?.remove();
  afar = null;
}

// A part of the page has one message at a time.
function complaint(words, part) {
  hush();
  for (const old of document.querySelectorAll("main .message")) if ((old.dataset.part ?? part) === part) old.remove();
  const message = document.createElement("p");
  Object.assign(message, { className: "message", textContent: words });
  message.setAttribute("role", "alert");
  message.dataset.part = part;
  callOff(true);
  return message;
}

// What has just changed takes no press for a moment: a second one was meant for what stood there before.
const SETTLES = 700;
const fresh = new Map();

function settle(part) {
  if (part) fresh.set(part.id, performance.now() + SETTLES);
  for (const [id, until] of fresh) {
    const left = until - performance.now(), spot = document.getElementById(id);
    if (left <= 0) fresh.delete(id);
    else if (spot) {
      spot.classList.add("fresh");
      setTimeout(() => spot.classList.remove("fresh"), left);
    }
  }
}

// The style lets the pointer through to what lies behind, which does not take the focus either.
document.addEventListener("mousedown", (event) => {
  const boxes = [...document.querySelectorAll(".fresh")].map((part) => part.getBoundingClientRect());
  const within = ({ left, right, top, bottom }) => left <= event.clientX && event.clientX <= right && top <= event.clientY && event.clientY <= bottom;
  if (event.target.closest("main") && boxes.some(within)) event.preventDefault();
}, true);

document.addEventListener("click", (event) => {
  const part = event.target.closest?.(".fresh");
  if (!part || (event.detail === 0 && part.id === "main")) return;  // on a new page, keys press nothing where the focus is
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// --- what comes back takes the place of what stood there ---

function show(press, page, address) {
  const here = new URL(address).pathname === location.pathname;
  const away = !inSight(press.button);
  const still = stands(away ? firstInSight(press.part) : document.getElementById(press.part));
  const open = [...document.querySelectorAll("main details[open]")].map(nameOf);
  const [giveBack, look] = [hold(press, here), eye(press)];
  leave();
  for (const field of press.form.querySelectorAll("input[type=text]")) drop(key(field));
  if (!here) go(address);
  swap(page, here ? open : []);
  giveBack();
  const part = press.looks ? null : document.getElementById(press.part), said = part && confirmed(press, part);
  if (here) still();
  else scrollTo(0, 0);
  settle(part || document.querySelector("main"));
  const looking = look?.(here);
  if (part && !looking) stay(part, said, away);
  const words = part ? "" : looking ? document.getElementById("headline")?.textContent : arrive();
  for (const one of queue.slice(1)) if (one.entry === entry) markAgain(one);
  callOff(true);
  speak(said?.textContent || (/^undo /.test(press.fields.get("do")) ? told.undone : words) || "");
}

// What puts a part where it stood, however much what stands above it has grown.
function stands(part) {
  const top = part?.getBoundingClientRect().top;
  return () => {
    const now = part && document.getElementById(part.id);
    if (now) scrollBy(0, now.getBoundingClientRect().top - top);
  };
}

// The first part in sight, another than this one where there is one: that may grow by what is said in it.
function firstInSight(but) {
  const parts = [...document.querySelectorAll(PARTS)].filter(inSight);
  return parts.find(({ id }) => id !== but) || parts[0];
}

// What gives back what was typed, and what was said to have gone wrong, where that is not over now.
function hold(press, here) {
  const typed = [...texts(document)].filter(({ id }) => here || id === "own" || id === "text")
    .map((field) => ({ id: field.id === "text" ? "own" : field.id, value: unsent(field, press) })).filter(({ value }) => value);
  const messages = here ? [...document.querySelectorAll("main .message[data-part]:not([id])")] : [];
  return () => {
    for (const { id, value } of typed) write(id, value);
    for (const message of messages.filter(({ dataset }) => dataset.part !== press.part)) {
      message.removeAttribute("role");  // it was said aloud
      document.getElementById(message.dataset.part)?.querySelector("form")?.before(message);
    }
  };
}

// What was typed and not sent; behind what was sent only the rest, which of the first box goes on in that for own words.
function unsent({ form, id, name, value }, press) {
  const sent = form === press.form && press.fields.get(name);
  if (sent && value.startsWith(sent)) return value.slice(sent.length).trimStart();
  return id === "text" ? "" : value;
}

const sign = ({ id, tagName, name, value, href, textContent }) => id || [tagName, name, value || href || textContent].join(" ");

// What gives the focus back to what has it, with the caret: a box where somebody types, or what stands in another part
// than the pressed one. Null where the focus goes on with what was pressed.
function eye(press) {
  const was = document.activeElement, box = was.matches("textarea, input[type=text]"), part = was.closest(PARTS);
  if (was.matches("body, [tabindex='-1']") || (box ? was.form === press.form && !unsent(was, press)
    : press.form.contains(was) || part?.id === press.part)) return null;
  const [mine, before] = [sign(was), box ? was.value.length - unsent(was, press).length : 0];
  const [start, end] = [was.selectionStart - before, was.selectionEnd - before].map((at) => Math.max(0, at));
  return (here) => {
    const among = (part && document.getElementById(part.id)) || document;
    const now = here || box ? [...among.querySelectorAll(was.localName)].find((one) => sign(one) === mine) : null;
    now?.focus({ preventScroll: true });
    if (now && box) now.setSelectionRange(start, end);
    if (!here) now?.scrollIntoView({ block: "nearest" });
    return now;
  };
}

// What a part says of what was pressed there. That something was taken back the script alone says.
function confirmed({ fields }, part) {
  const form = /^undo /.test(fields.get("do")) && part.querySelector(".decide"), there = part.querySelector(".said");
  if (there || !form) return there;
  const said = document.createElement("p");
  Object.assign(said, { className: "said screen", tabIndex: -1, textContent: told.undone });
  form.prepend(said);
  return said;
}

// The focus stays with what was pressed, and that comes into view, unless the eye has gone on to what stands elsewhere.
function stay(part, said, away) {
  const spot = said || part.querySelector("button");
  spot?.focus({ preventScroll: true });
  if (!away) (spot?.closest("form") || spot)?.scrollIntoView({ block: "nearest" });
}

// The focus is where a page begins; what is to be said aloud of it.
function arrive() {
  const [headline, text] = ["headline", "text"].map((id) => document.getElementById(id));
  (headline || text || document.querySelector("main")).focus({ preventScroll: true });
  return headline?.textContent || "";
}

// Where somebody comes back to the middle of a page the focus is there: on what had it, or on the part in sight.
function comeBack() {
  scrollTo(0, Number(stored(`${entry} height`)));
  const was = stored(`${entry} focus`), headline = document.getElementById("headline");
  if (!headline || inSight(headline)) return arrive();
  const same = [...document.querySelectorAll("main :is(a, button, summary, input)")].find((one) => sign(one) === was);
  const spot = same && inSight(same) ? same : firstInSight();
  if (!spot) return arrive();
  if (spot !== same) spot.tabIndex = -1;
  spot.focus({ preventScroll: true });
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

// Each page of the browser's history has a name, under which its typed words are kept, and how far it was scrolled, and
// its step in the order of pages. A page that cannot be reached is not gone to: what stands there stays, and so does its
// address.
let at = location.pathname, entry = "", step = 0, height = 0, coming = null, unreached = false;

function enter() {
  const state = history.state;
  [entry, step] = [state?.entry || Math.random().toString(36).slice(2), state?.step ?? step + 1];
  if (!state?.entry) history.replaceState({ entry, step }, "");
}

function go(address) {
  note(scrollY);
  history.pushState(null, "", address);
  enter();
}

// Where the eye and the focus are.
function note(scrolled) {
  const was = document.activeElement;
  store(`${entry} height`, scrolled);
  store(`${entry} focus`, was.matches("main *") ? sign(was) : "");
}

addEventListener("scroll", () => { if (!coming) height = scrollY; }, { passive: true });

addEventListener("popstate", async () => {
  if (!coming && (history.state?.entry ?? entry) === entry) return stayed();
  if (!coming) note(height);
  coming?.abort();
  const mine = coming = new AbortController(), timer = setTimeout(() => mine.abort(), LONGEST);
  for (const press of queue) if (press.looks) press.late?.abort();
  hush();
  const page = await fetch(location.href, { signal: mine.signal }).then(read).catch(() => null);
  clearTimeout(timer);
  if (mine !== coming) return;
  if (ours(page)) {
    leave();
    enter();
    swap(page);
    callOff(true);
    comeBack();
    coming = null;
  } else {
    [coming, unreached] = [null, true];
    if (history.state?.entry === entry) stayed();
    else history.go(step - history.state.step);
  }
});

// A browser that goes back may show a page as it once was. What was said since is put right where it stands.
addEventListener("pageshow", async ({ persisted }) => {
  const [way] = performance.getEntriesByType("navigation"), mine = entry;
  if (persisted) watchCards();
  if (!/^\/(slate|list)\//.test(at) || (!persisted && way?.type !== "back_forward")) return;
  const from = document.referrer.startsWith(`${location.origin}/`) ? { referrer: document.referrer } : {};
  const page = await fetch(location.href, { cache: "reload", ...from }).then(read).catch(() => null);
  if (!ours(page) || entry !== mine || queue.length || coming || saying(page) === saying(document)) return;
  const [giveBack, look, still] = [hold(NOBODY, true), eye(NOBODY), stands(firstInSight())];
  const part = document.activeElement.closest(PARTS)?.id;
  leave();
  swap(page, [...document.querySelectorAll("main details[open]")].map(nameOf));
  giveBack();
  still();
  const here = part && document.getElementById(part);
  if (!look?.(true) && here) stay(here, here.querySelector(".said"), true);
});

const NOBODY = { form: document.createElement("form"), part: "" };
const saying = (page) => [...page.querySelectorAll("header, article")].map((one) =>
  one.id ? `${one.id} ${one.className}` : one.textContent.trim()).join();

// A link to a place on the same page was followed, or the way back from a page that could not be reached.
function stayed() {
  if (!history.state) history.replaceState({ entry, step: step + 1 }, "");
  step = history.state.step;
  if (!unreached) return;
  unreached = false;
  requestAnimationFrame(() => {
    const message = complaint(told.missed, "");
    document.querySelector("main").prepend(message);
    message.scrollIntoView({ block: "nearest" });
  });
}

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
    come = await read(answer);
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
  if (field.id) store(key(field), field.value);
}

function write(id, value) {
  const field = document.getElementById(id);
  if (!field) return;
  field.value = value;
  keep(field);
}

document.addEventListener("input", (event) => keep(event.target));

function remember() {
  for (const field of texts(document)) {
    if (field.value !== field.defaultValue) keep(field);  // somebody typed before this was there
    else field.value = stored(key(field)) ?? field.value;
  }
  const visit = document.querySelector("#ask input[name=visit]");  // back on this page, its words go on in its visit
  if (visit) store(`${entry} visit`, visit.value = stored(`${entry} visit`) ?? visit.value);
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
const timers = new Map();
let watch = null;

function begin() {
  remember();
  expect(at, 0);
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  for (const text of document.querySelectorAll("[data-no-print]")) text.hidden = true;
  watchCards();
}

function watchCards() {
  watch?.disconnect();
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
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
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
// What was pressed and waits is sent on by the browser: of each part the last, since they may come in any order.
addEventListener("pagehide", () => {
  leave({ left: "1" });
  const last = new Map(queue.slice(1).filter(({ looks }) => !looks).map((press) => [press.part, press]));
  for (const press of last.values()) post(press, { keepalive: true, redirect: "manual" }).catch(() => null);
});

enter();
begin();
