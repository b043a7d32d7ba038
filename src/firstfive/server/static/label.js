// Keys for labelling: 0 to 3 answer, s skips, u takes the last answer back. The page is whole without it.
"use strict";

const form = document.querySelector("form.labelling");
let sent = false;

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  const say = { u: "undo", s: "skip" }[event.key.toLowerCase()] ?? event.key;
  const button = form && [...form.elements].find((one) => one.name === "say" && one.value === say);
  if (!button || button.disabled || sent) return;
  event.preventDefault();
  form.requestSubmit(button);
});

form?.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
});

addEventListener("pageshow", () => { sent = false; });
