"use strict";
explore("plane", (element, data, sprite) => {
  const MARGIN = 18; // pixels around the outermost points
  const REACH = 16; // how near the pointer has to come
  const canvas = element.querySelector(".map");
  const thumbnail = element.querySelector(".thumbnail");
  const answer = element.querySelector(".answer");
  const legend = element.querySelector(".legend");
  const present = [...new Set(data.points.map((point) => point[2]))].sort((a, b) => a - b);
  const shown = new Set(present);
  const short = data.names.every((name) => [...name].length <= 2);
  const explored = data.count || data.points.length; // the rest lies behind, for context
  let chosen = -1;

  const colour = (label) => {
    const place = present.indexOf(label) / present.length;
    return `hsl(${Math.round(360 * place)} 75% ${present.indexOf(label) % 2 ? 25 : 37}%)`;
  };

  const place = ([x, y]) => {
    const side = canvas.clientWidth - 2 * MARGIN;
    const tall = canvas.clientHeight - 2 * MARGIN;
    return [
      MARGIN + (side * (x - data.x[0])) / (data.x[1] - data.x[0]),
      MARGIN + tall * (1 - (y - data.y[0]) / (data.y[1] - data.y[0])),
    ];
  };

  const visible = () => [...Array(explored).keys()].filter((n) => shown.has(data.points[n][2]));

  const mark = (context, number) => {
    const [x, y] = place(data.points[number]);
    const label = data.points[number][2];
    context.fillStyle = colour(label);
    if (short && number < explored) {
      context.fillText(data.names[label], x, y);
    } else {
      context.beginPath();
      context.arc(x, y, number < explored ? 3 : 1.4, 0, 2 * Math.PI);
      context.fill();
    }
  };

  const ring = (context) => {
    const [x, y] = place(data.points[chosen]);
    context.beginPath();
    context.arc(x, y, 12, 0, 2 * Math.PI);
    context.fillStyle = "#fff";
    context.fill();
    context.lineWidth = 2.5;
    context.strokeStyle = colour(data.points[chosen][2]);
    context.stroke();
    mark(context, chosen);
  };

  const draw = () => {
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(canvas.clientHeight * ratio);
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.font = "600 12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.globalAlpha = 0.25;
    for (let n = explored; n < data.points.length; n++) if (shown.has(data.points[n][2])) mark(context, n);
    context.globalAlpha = short ? 0.9 : 0.7;
    visible().forEach((n) => mark(context, n));
    context.globalAlpha = 1;
    if (chosen >= 0) ring(context);
  };

  const choose = (number) => {
    chosen = number;
    thumbnail.hidden = number < 0 || number >= data.count;
    if (!thumbnail.hidden) drawCell(thumbnail, sprite, data, number);
    const [x, y, label] = data.points[number] ?? [];
    answer.textContent = number < 0
      ? "No image chosen yet."
      : `${data.names[label]} at (${x.toFixed(2)}, ${y.toFixed(2)})`;
    draw();
  };

  const nearest = (x, y, reach) => {
    let best = -1;
    for (const n of visible()) {
      const [px, py] = place(data.points[n]);
      const distance = Math.hypot(px - x, py - y);
      if (distance < reach) [best, reach] = [n, distance];
    }
    return best;
  };

  // The nearest in the direction of the arrow; what lies aside counts as farther away.
  const step = (dx, dy) => {
    const [x, y] = place(data.points[chosen]);
    let [best, least] = [chosen, Infinity];
    for (const n of visible()) {
      const [px, py] = place(data.points[n]);
      const along = (px - x) * dx + (py - y) * dy;
      const aside = Math.abs((px - x) * dy) + Math.abs((py - y) * dx);
      const distance = along + 2 * aside;
      if (n !== chosen && along > 0 && distance < least) [best, least] = [n, distance];
    }
    return best;
  };

  const middle = () => nearest(canvas.clientWidth / 2, canvas.clientHeight / 2, Infinity);
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener("focus", () => { if (chosen < 0) choose(middle()); });
  canvas.addEventListener("keydown", (event) => {
    if (event.key in arrows) {
      event.preventDefault();
      choose(chosen < 0 ? middle() : step(...arrows[event.key]));
    } else if (event.key === "Home") {
      event.preventDefault();
      choose(middle());
    }
  });
  const point = (event) => {
    const found = nearest(event.offsetX, event.offsetY, REACH);
    if (found >= 0 && found !== chosen) choose(found);
  };
  canvas.addEventListener("pointermove", point);
  canvas.addEventListener("pointerdown", point);

  const toggles = present.map((label) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = data.names[label];
    button.style.setProperty("--class", colour(label));
    button.addEventListener("click", () => toggle(label, !shown.has(label)));
    legend.append(button);
    return button;
  });
  const toggle = (label, on) => {
    on ? shown.add(label) : shown.delete(label);
    refresh();
  };
  const refresh = () => {
    toggles.forEach((button, n) => button.setAttribute("aria-pressed", String(shown.has(present[n]))));
    if (chosen >= 0 && !shown.has(data.points[chosen][2])) choose(-1);
    else draw();
  };
  legend.querySelectorAll("[data-all]").forEach((button) => button.addEventListener("click", () => {
    present.forEach((label) => (button.dataset.all === "yes" ? shown.add(label) : shown.delete(label)));
    refresh();
  }));
  new ResizeObserver(draw).observe(canvas);
  refresh();
});
