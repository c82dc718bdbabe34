"use strict";
// Loaded before the page is drawn, so that it never shows in the wrong colours first.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const stored = (act) => {
    try {
      return act(localStorage);
    } catch {
      return null;
    }
  };
  const root = document.documentElement;
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const known = stored((storage) => storage.getItem("nnlab-theme"));
  if (known === "dark" || known === "light") root.dataset.theme = known;
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const tell = () => {
      button.setAttribute("aria-pressed", String(dark()));
      dispatchEvent(new Event("themechange")); // canvases draw again
    };
    tell();
    system.addEventListener("change", tell);
    button.addEventListener("click", () => {
      const theme = dark() ? "light" : "dark";
      root.dataset.theme = theme;
      stored((storage) => storage.setItem("nnlab-theme", theme));
      tell();
    });
  });
})();
