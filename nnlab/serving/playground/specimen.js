// A page to begin with: text on stained and wrinkled paper, the same every time.
const WIDTH = 540;
const HEIGHT = 420;
const LINES = [
  "There exist several methods to clean a scanned page.",
  "A threshold keeps what is dark enough and removes",
  "the rest; but a coffee stain may be as dark as the",
  "print, and then the stain stays and letters go.",
  "",
  "A convolutional network looks at a small part of the",
  "page at a time. It has seen thousands of such parts,",
  "dirty ones and the same ones clean, and has learnt",
  "which strokes belong to letters.",
  "",
  "It knows nothing of words. What it cleans, it cleans",
  "because of shapes alone.",
];

/** Return a function of numbers from 0 to 1 that look random. */
function chance(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function cup(context, x, y, radius, random) {
  context.strokeStyle = "#8a7a66";
  for (let n = 0; n < 26; n++) {
    context.globalAlpha = 0.05 + 0.05 * random();
    context.lineWidth = 3 + 9 * random();
    context.beginPath();
    const begin = 6.3 * random();
    context.arc(x + 3 * random(), y + 3 * random(), radius + 3 * random(), begin, begin + 2 + 3 * random());
    context.stroke();
  }
  const inner = context.createRadialGradient(x, y, 0, x, y, radius);
  inner.addColorStop(0, "#a39580");
  inner.addColorStop(1, "#8f806a");
  context.fillStyle = inner;
  context.globalAlpha = 0.22;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function wrinkles(context, random) {
  for (let n = 0; n < 34; n++) {
    context.strokeStyle = n % 3 ? "#777" : "#fff";
    context.globalAlpha = 0.1 + 0.15 * random();
    context.lineWidth = 1 + 3 * random();
    context.beginPath();
    let [x, y] = [WIDTH * random(), HEIGHT * random()];
    context.moveTo(x, y);
    for (let m = 0; m < 4; m++) {
      [x, y] = [x + 110 * (random() - 0.5), y + 90 * (random() - 0.5)];
      context.lineTo(x, y);
    }
    context.stroke();
  }
}

/** @returns {Promise<File>} */
export async function specimen() {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext("2d");
  const random = chance(7);
  context.fillStyle = "#dcd8d0";
  context.fillRect(0, 0, WIDTH, HEIGHT);
  wrinkles(context, random);
  cup(context, 395, 150, 88, random);
  cup(context, 120, 330, 66, random);
  context.globalAlpha = 1;
  context.fillStyle = "#1c1c1c";
  context.font = "19px 'Times New Roman', 'Liberation Serif', 'DejaVu Serif', serif";
  LINES.forEach((line, n) => context.fillText(line, 34, 50 + 29 * n, WIDTH - 60));
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  return new File([blob], "noisy.png", { type: "image/png" });
}
