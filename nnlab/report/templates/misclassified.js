"use strict";
explore("misclassified", (element, data, sprite) => {
  const PAGE = 60;
  const [labels, predictions] = ["label", "prediction"].map((name) => element.querySelector(`select[name=${name}]`));
  const [grid, more, count] = [".grid", ".more", ".count"].map((name) => element.querySelector(name));
  let limit = PAGE;

  // Each choice says how many images it would show, given the other one.
  const fill = (select, index, other) => {
    const before = select.value;
    const kept = data.images.filter((one) => other.value === "" || one[1 - index] === Number(other.value));
    const choices = data.names.map((name, label) => [name, label, kept.filter((one) => one[index] === label).length]);
    const options = choices.filter(([, label, images]) => images || String(label) === before)
      .map(([name, label, images]) => new Option(`${name} (${images})`, label));
    select.replaceChildren(new Option(`any (${kept.length})`, ""), ...options);
    select.value = before;
  };

  const item = (number) => {
    const [label, prediction, sure] = data.images[number];
    const [entry, canvas, words] = ["li", "canvas", "span"].map((name) => document.createElement(name));
    drawCell(canvas, sprite, data, number);
    canvas.setAttribute("aria-hidden", "true");
    words.textContent = `${data.names[label]} → ${data.names[prediction]}`;
    const share = document.createElement("small");
    share.textContent = `${sure.toFixed(1)} %`;
    entry.append(canvas, words, share);
    return entry;
  };

  const show = () => {
    fill(labels, 0, predictions);
    fill(predictions, 1, labels);
    const found = [...data.images.keys()].filter((number) =>
      [labels, predictions].every((select, n) => select.value === "" || data.images[number][n] === Number(select.value)));
    grid.replaceChildren(...found.slice(0, limit).map(item));
    more.hidden = found.length <= limit;
    count.textContent = `${found.length} image${found.length === 1 ? "" : "s"}`;
  };

  for (const select of [labels, predictions]) {
    select.append(new Option("any", ""));
    select.addEventListener("change", () => { limit = PAGE; show(); });
  }
  more.addEventListener("click", () => { limit += PAGE; show(); });
  show();
});
