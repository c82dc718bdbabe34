// A sum as on paper: carries above, the network's digits below, and how sure it was of each.
import { inside } from "./api.js";
import { button, labelled, make } from "./dom.js";
import { newest } from "./newest.js";
import { traits } from "./traits.js";

export const nav = "Sums";
export const title = "Add two numbers";
export const lead = "The network never learnt a rule. It saw solved sums, and now adds others.";

const DECIMAL = "decimal";
const baseWord = (base) => ({ 10: DECIMAL, 16: "hexadecimal" })[base] ?? `base ${base}`;
const EXAMPLES = { [DECIMAL]: "587+946", hexadecimal: "bee+c0d" };
const SUM = /^[^+]+(\+[^+]+)+$/;
const LONG = 30; // digits of the numbers in a very long sum
const POSSIBLE = 0.005; // other digits below this are not worth showing

const whole = (share) => `${Math.round(100 * share)} %`;

/** Places from the right, so that all rows of the sum line up. */
const aligned = (text, width) => [...text.padStart(width)];

function row(head, cells, properties = {}) {
  return make("tr", properties, make("th", { scope: "row" }, head), ...cells);
}

/** How sure the network was of a character, and what else it thought of. */
function certainty({ character, probability, likeliest }) {
  const others = likeliest.filter((one) => one.character !== character && one.probability >= POSSIBLE);
  return make(
    "td",
    { class: "certainty" },
    whole(probability),
    ...others.map((one) =>
      make("small", {}, `${one.character.trim() || "blank"}: ${whole(one.probability)}`),
    ),
  );
}

function written({ operands, characters, answer, expected, right }) {
  const width = Math.max(characters.length, ...operands.map((operand) => operand.length));
  const digits = [...Array(width - characters.length).fill(null), ...characters];
  const plain = (text) => aligned(text, width).map((character) => make("td", {}, character));
  const sign = (text = "") => make("td", { class: "sign" }, text);
  const table = make(
    "table",
    { class: "sum", "aria-label": "The sum, digit by digit" },
    make(
      "tbody",
      {},
      row("carry", [sign(), ...digits.map((one) => make("td", { class: "carry" }, one?.carry || ""))]),
      ...operands.map((operand, n) => row(`number ${n + 1}`, [sign(n ? "+" : ""), ...plain(operand)])),
      row(
        "answer",
        [
          sign(),
          ...digits.map((one) =>
            make(
              "td",
              { class: !one ? "" : one.character === one.expected ? "digit" : "digit wrong" },
              one?.character ?? "",
              one && one.character !== one.expected
                ? make("small", {}, `not ${one.expected.trim() || "blank"}`)
                : null,
            ),
          ),
        ],
        { class: "result" },
      ),
      row("sure", [sign(), ...digits.map((one) => (one ? certainty(one) : make("td")))]),
    ),
  );
  return [
    make(
      "p",
      { class: right ? "verdict right" : "verdict wrong" },
      right ? `${operands.join(" + ")} = ${answer}: right` : `${answer}: wrong, the sum is ${expected}`,
    ),
    make(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": "The sum, digit by digit" },
      table,
    ),
  ];
}

function random(base, digits) {
  const digit = (least) => (least + Math.floor(Math.random() * (base - least))).toString(base);
  const number = () => {
    const length = Math.ceil((digits * (1 + Math.random())) / 2);
    return Array.from({ length }, (_, n) => digit(n ? 0 : 1)).join("");
  };
  return `${number()}+${number()}`;
}

export async function start(frame) {
  const input = make("input", {
    type: "text",
    inputmode: "text",
    autocomplete: "off",
    spellcheck: "false",
    class: "mono",
  });
  const status = make("p", { class: "unseen", role: "status" });
  const place = make("div", { class: "card sums" });
  let base = 10;

  const add = newest(
    () =>
      frame.try(async () => {
        const sum = input.value.replaceAll(" ", "");
        frame.command({ inputs: [sum] });
        if (!SUM.test(sum)) {
          place.replaceChildren(make("p", { class: "note" }, "Type numbers with + between them."));
          frame.remark();
          status.textContent = "";
          return;
        }
        const { inside: answer, notes } = await inside(frame.experiment.name, {
          network: frame.network.id,
          inputs: [sum],
        });
        frame.remark(notes);
        base = answer.base;
        place.replaceChildren(...written(answer));
        status.textContent = `${answer.answer}, ${answer.right ? "right" : `wrong, it is ${answer.expected}`}`;
      }),
    80,
  );

  const bases = await frame.try(() => traits(frame, "Numbers", (facts) => baseWord(facts.base)));
  input.value = EXAMPLES[bases?.of()] ?? "11+101";
  input.addEventListener("input", add);
  let before = bases?.of();
  frame.onNetwork(() => {
    // digits of another base would be misread
    const now = bases?.of();
    if (now && now !== before) {
      input.value = EXAMPLES[now] ?? "11+101";
      before = now;
    }
    offer();
    add();
  });
  const ask = (digits) => () => {
    input.value = random(base, Math.min(digits, most()));
    add();
  };
  const most = () => bases?.facts()?.most_digits ?? Infinity;
  const long = button("Very long sum", ask(LONG));
  const offer = () => {
    long.hidden = most() < LONG;
  };
  offer();
  frame.body.append(
    make(
      "div",
      { class: "side-by-side" },
      make(
        "div",
        { class: "form" },
        bases?.element,
        labelled("Sum", input),
        make("div", { class: "controls" }, button("Random sum", ask(3)), long),
        make(
          "p",
          { class: "note" },
          "A small number above a place is the carry from its right. There most networks are wrong first.",
        ),
      ),
      make("div", {}, place, status),
    ),
  );
  add();
}
