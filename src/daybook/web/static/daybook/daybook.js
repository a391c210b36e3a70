"use strict";
// Small comforts only: every page works without this file.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  navigator.clipboard.writeText(field.value).then(() => {
    const before = button.textContent;
    button.textContent = document.getElementById("said-copied").content.textContent;
    setTimeout(() => { button.textContent = before; }, 1500);
  });
});

// On a narrow screen the menu lies over the page.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-menu-toggle]")) return;
  const isOpen = document.querySelector("[data-menu]").classList.toggle("block!");
  document.querySelectorAll("[data-menu-toggle][aria-expanded]").forEach((button) => button.setAttribute("aria-expanded", isOpen));
});

// Nobody looks: nothing is asked.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.target.getAttribute("hx-trigger")?.startsWith("every")) event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) {
    document.querySelectorAll(`input[name="${event.target.dataset.all}"]`).forEach((box) => { box.checked = event.target.checked; });
  }
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  openWhatIsAsked(event.target);
  drawMethod();
});

// What was chosen may ask for more in a section that is closed.
function openWhatIsAsked(field) {
  document.querySelectorAll(`[data-open-when="${CSS.escape(field.name)}=${CSS.escape(field.value)}"]`).forEach((part) => { part.open = true; });
}

// Pressed twice is sent once, where twice would make two of something.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-once]")) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => { delete form.dataset.sent; }));

document.addEventListener("submit", (event) => {
  const words = event.submitter?.dataset.confirm || event.target.dataset.confirm;
  if (words && !window.confirm(words)) event.preventDefault();
});

// What a person has changed is no proposal any more.
document.addEventListener("input", (event) => {
  event.target.closest(".db-field, .db-choices")?.querySelectorAll("[data-proposed]").forEach((badge) => badge.remove());
});

// What belongs to Tracked only is dimmed while Untracked is chosen.
function drawMethod() {
  const chosen = document.querySelector('input[name="process_method"]:checked');
  if (!chosen) return;
  document.querySelectorAll("[data-tracked]").forEach((part) => { part.style.opacity = chosen.value === "tracked" ? "" : ".5"; });
}

// Ticks survive a refresh of the list, and so does the focus of the person who is ticking.
let ticked = [];
document.addEventListener("htmx:beforeSwap", () => {
  ticked = [...document.querySelectorAll("#live input[type=checkbox]:checked")].map((box) => box.value);
});
document.addEventListener("htmx:afterSwap", () => {
  ticked.forEach((value) => {
    const box = document.querySelector(`#live input[type=checkbox][value="${CSS.escape(value)}"]`);
    if (box) box.checked = true;
  });
});

// The field that the address names: a cure leads to its very field.
function asked() {
  const place = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  return place && place.matches("input, select, textarea") ? place : null;
}

// After a refused form the person stands at the first field to put right, else at the one that was asked for.
function goToFault() {
  const field = document.querySelector(".db-page .faulty :is(input, select, textarea):not([type=hidden])") || asked();
  field?.focus({ preventScroll: true });
  field?.scrollIntoView({ block: "center" });
}

// What scrolls is reached and scrolled with the keyboard too; what does not is no stop on the way.
function reachScrolled() {
  document.querySelectorAll(".db-scroll, .db-code").forEach((part) => {
    const scrolls = part.scrollWidth > part.clientWidth || part.scrollHeight > part.clientHeight;
    part.toggleAttribute("tabindex", scrolls);
    if (scrolls) part.tabIndex = 0;
  });
}
["toggle", "htmx:afterSwap"].forEach((name) => document.addEventListener(name, reachScrolled, true));
window.addEventListener("resize", reachScrolled);

window.addEventListener("hashchange", goToFault);
document.addEventListener("DOMContentLoaded", () => { drawMethod(); goToFault(); reachScrolled(); });
