"use strict";
// What was typed is not lost: leaving asks, and a form that could not be sent is filled again. Secrets are never kept.

const KEPT = "daybook-kept";
const isKept = (field) => field.name && !["password", "hidden", "file", "submit", "button"].includes(field.type);
const forms = () => [...document.querySelectorAll('.db-page form[method="post"]')];
const address = (form) => new URL(form.getAttribute("action") || location.pathname, location.href).pathname;
let isSending = false;

// The fields of a form as they stand: [name, value] of each, [name, value, ticked] of boxes and radio buttons.
function typed(form) {
  return [...form.elements].filter(isKept).map((field) => (
    ["checkbox", "radio"].includes(field.type) ? [field.name, field.value, field.checked] : [field.name, field.value]
  ));
}

function fill(form, values) {
  values.forEach(([name, value, ticked]) => {
    [...form.elements].filter((field) => isKept(field) && field.name === name).forEach((field) => {
      if (!["checkbox", "radio"].includes(field.type)) field.value = value;
      else if (field.value === value) field.checked = ticked;
    });
  });
}

const before = new Map();
const isChanged = (form) => (
  [...form.elements].some((field) => field.type === "password" && field.value)
  || (typed(form).length > 0 && JSON.stringify(typed(form)) !== before.get(form))
);

const names = (values) => values.map(([name]) => name).join();
const sameAddress = (to) => forms().filter((form) => address(form) === to);

// Several forms of a page may be sent to one address: which of them it was tell its place and its fields.
function formOf(row) {
  const alike = sameAddress(row.to);
  const fits = (form) => form && typed(form).length && names(typed(form)) === names(row.values); // not one of buttons alone
  return fits(alike[row.at]) ? alike[row.at] : alike.find(fits) || alike.find((form) => typed(form).length);
}

const stored = () => JSON.parse(sessionStorage.getItem(KEPT) || "[]");

// Whose page it is: who logs in next, in the same browser, sees nothing of what somebody else typed.
const person = () => document.querySelector("[data-page]").dataset.person;

// Keep what was typed into the form that is sent, should the session have ended, and into those beside it.
function keep(sent) {
  const rows = forms().filter((form) => form === sent || isChanged(form));
  const kept = rows.map((form) => ({
    person: person(), page: pageOf(), query: location.search, to: address(form), at: sameAddress(address(form)).indexOf(form),
    wasSent: form === sent, values: typed(form),
  }));
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
}

// A page that came back refused has the address it was sent to; the page itself says which it is.
function pageOf() {
  return document.querySelector("[data-page]")?.dataset.page || location.pathname;
}

// The words stand in the page, so that they are in its language (`parts/said_later.html`).
function say(id) {
  const note = document.getElementById(id).content.firstElementChild.cloneNode(true);
  document.querySelector(".db-page")?.prepend(note);
  return note;
}

function putBack() {
  if (!document.querySelector("[data-page]")) return; // a log-in page on the way
  const asked = new URLSearchParams(location.search);
  const cameBack = asked.has("kept");
  const theirs = stored().filter((row) => row.person === person());
  const mine = theirs.filter((row) => row.page === pageOf() && (cameBack || !row.wasSent));
  const others = theirs.filter((row) => row.page !== pageOf() && !row.wasSent);
  sessionStorage.setItem(KEPT, JSON.stringify(others));
  const filled = mine.filter((row) => {
    const form = formOf(row);
    if (form) fill(form, row.values);
    return form && isChanged(form);
  });
  if (filled.length) say(cameBack ? "said-ended" : "said-left");
  asked.delete("kept");
  if (cameBack) history.replaceState(null, "", location.pathname + (asked.size ? `?${asked}` : "") + location.hash);
}

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  if (form.method === "post") keep(form);
  isSending = true;
});

window.addEventListener("pageshow", () => { isSending = false; });

window.addEventListener("beforeunload", (event) => {
  if (!isSending && forms().some(isChanged)) event.preventDefault();
});

// A part of a page that keeps itself fresh is answered 401 where nobody is logged in any more.
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status !== 401 || document.getElementById("logged-out")) return;
  const link = say("said-logged-out").querySelector("a");
  link.search = new URLSearchParams({ next: location.pathname + location.search });
});

// Logged in anew in another tab: the form was refused, and leads back to what was typed.
function leadBack() {
  const link = document.querySelector("a[data-back-to-form]");
  const row = stored().find((each) => each.wasSent);
  if (!link || !row) return;
  const asked = new URLSearchParams(row.page === row.to ? row.query : "");
  asked.set("kept", "1");
  link.href = `${row.page}?${asked}`;
  link.textContent = document.getElementById("said-back").content.textContent;
}

document.addEventListener("DOMContentLoaded", () => {
  forms().forEach((form) => before.set(form, JSON.stringify(typed(form))));
  putBack();
  leadBack();
});
