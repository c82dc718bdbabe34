"use strict";
explore("pages", (element) => {
  const stack = element.querySelector(".stack");
  const slider = element.querySelector("input");
  const truth = element.querySelector(".truth");
  const move = () => stack.style.setProperty("--cleaned", `${slider.value}%`);
  element.classList.add("live");
  element.querySelector(".controls").hidden = false;
  slider.addEventListener("input", move);
  truth.addEventListener("click", () => {
    const on = truth.getAttribute("aria-pressed") !== "true";
    truth.setAttribute("aria-pressed", String(on));
    stack.classList.toggle("true-shown", on);
  });
  move();
});
