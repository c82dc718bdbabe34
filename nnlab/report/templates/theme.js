"use strict";
// In the head, so that the page never shows in the wrong colours first.
(() => {
  const dark = () => document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  const stored = (act) => { try { return act(localStorage); } catch { return null; } };
  const known = stored((storage) => storage.getItem("nnlab-theme"));
  if (known === "dark" || known === "light") document.documentElement.dataset.theme = known;
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const tell = () => button.setAttribute("aria-pressed", String(dark()));
    button.hidden = false;
    tell();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
    button.addEventListener("click", () => {
      const theme = dark() ? "light" : "dark";
      document.documentElement.dataset.theme = theme;
      stored((storage) => storage.setItem("nnlab-theme", theme));
      tell();
    });
  });
})();
