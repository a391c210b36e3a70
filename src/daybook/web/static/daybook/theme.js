"use strict";
// Light, dark, or as the system has it; kept where Unfold keeps it, so that the operator's pages agree.
// Runs before the page is drawn.

const THEMES = { auto: "computer", light: "light_mode", dark: "dark_mode" };

function chosenTheme() {
  try {
    const kept = JSON.parse(localStorage.getItem("adminTheme"));
    return kept in THEMES ? kept : "auto";
  } catch { return "auto"; }
}

function drawTheme() {
  const chosen = chosenTheme();
  const isDark = chosen === "dark" || (chosen === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", isDark);
  document.documentElement.classList.toggle("light", chosen === "light");
  document.querySelectorAll("[data-theme-next]").forEach((button) => {
    button.querySelector("[data-theme-icon]").textContent = THEMES[chosen];
    button.querySelectorAll("[data-theme-name]").forEach((name) => { name.hidden = name.dataset.themeName !== chosen; });
  });
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-next]")) return;
  const names = Object.keys(THEMES);
  localStorage.setItem("adminTheme", JSON.stringify(names[(names.indexOf(chosenTheme()) + 1) % names.length]));
  drawTheme();
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawTheme);
document.addEventListener("DOMContentLoaded", drawTheme);
drawTheme();
