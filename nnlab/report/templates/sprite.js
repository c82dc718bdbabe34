"use strict";
// What the explorers share: their data, and small images cut out of one large one.
const explore = (kind, start) => {
  for (const element of document.querySelectorAll(`.explorer[data-kind="${kind}"]`)) {
    element.hidden = false;
    const data = JSON.parse(element.querySelector("script")?.textContent ?? "{}");
    start(element, data, element.querySelector(".sprite"));
  }
};

const drawCell = (canvas, sprite, data, number) => {
  const [width, height] = data.cell;
  canvas.width = width;
  canvas.height = height;
  const x = (number % data.columns) * width;
  const y = Math.floor(number / data.columns) * height;
  const draw = () => canvas.getContext("2d").drawImage(sprite, x, y, width, height, 0, 0, width, height);
  sprite.complete ? draw() : sprite.addEventListener("load", draw, { once: true });
};
