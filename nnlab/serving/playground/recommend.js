// A basket to fill, and what the network would put into it, beside two simple methods.
import { inside } from "./api.js";
import { bars } from "./bars.js";
import { button, fresh, labelled, make } from "./dom.js";
import { newest } from "./newest.js";
import { percent } from "./words.js";

export const nav = "Baskets";
export const title = "Fill a basket";
export const lead = "The network knows thousands of baskets, and proposes what is still missing in yours.";

const EXPLAINED = {
  "this network": "What it computes from the whole basket",
  popularity: "What most people buy, whatever is in the basket",
  EASE: "A linear method: each item of the basket speaks for others",
};
const FREQUENT = 8;

function reasonOf(reasons) {
  const helpful = (reasons ?? []).filter(({ adds }) => adds > 0).sort((a, b) => b.adds - a.adds);
  return helpful.length
    ? `because of ${helpful
        .map(({ item }) => item)
        .slice(0, 2)
        .join(" and ")}`
    : "";
}

export async function start(frame) {
  const items = (await frame.try(frame.exhibit))?.items ?? [];
  const names = new Map(items.map(({ item }) => [item.toLowerCase(), item]));
  const basket = new Set(items.slice(3, 5).map(({ item }) => item));
  const list = make(
    "datalist",
    { id: fresh("items") },
    ...items.map(({ item, share }) =>
      make("option", { value: item }, share ? `in ${percent(share)} of the baskets` : ""),
    ),
  );
  const input = make("input", {
    type: "text",
    list: list.id,
    autocomplete: "off",
    placeholder: "such as butter",
  });
  const chips = make("ul", { class: "chips", "aria-label": "Basket" });
  const status = make("p", { class: "note", role: "status" });
  const frequent = make("div", { class: "controls" });
  const methods = make("div", { class: "methods" });

  const refresh = (message) => {
    chips.replaceChildren(
      ...[...basket].map((item) =>
        make(
          "li",
          {},
          item,
          button(
            "×",
            () => {
              basket.delete(item);
              refresh(`${item} taken out`);
              input.focus();
            },
            { "aria-label": `Take out ${item}` },
          ),
        ),
      ),
    );
    if (!basket.size) chips.append(make("li", { class: "empty" }, "empty"));
    frequent.replaceChildren(
      ...items
        .filter(({ item }) => !basket.has(item))
        .slice(0, FREQUENT)
        .map(({ item }) =>
          button(`+ ${item}`, (event) => put(item, event), { class: "small", "aria-label": `Put in ${item}` }),
        ),
    );
    status.textContent = message ?? "";
    recommend();
  };
  const put = (item, event) => {
    basket.add(item);
    refresh(`${item} put in`);
    // The button is gone. A keyboard goes on here; a finger would only open the one on the screen.
    if (event?.detail === 0) input.focus();
  };

  const column = (name, rows) => {
    const top = Math.max(...rows.map(({ score }) => score), 1e-9);
    const shown = bars(name, { class: "recommended" });
    shown.show(
      rows.map(({ item, score }) => ({
        name: item,
        share: score / top,
        value: "",
        strong: name === "this network",
      })),
    );
    rows.forEach(({ item, reasons }, n) => {
      const row = shown.element.children[n];
      row.children[0].append(make("small", {}, reasonOf(reasons)));
      row.children[2].append(button("+", (event) => put(item, event), { class: "plus", "aria-label": `Put in ${item}` }));
    });
    return make(
      "section",
      { class: name === "this network" ? "card own" : "card" },
      make("h3", {}, name[0].toUpperCase() + name.slice(1)),
      make("p", { class: "note" }, EXPLAINED[name] ?? ""),
      shown.element,
    );
  };

  const recommend = newest(
    () =>
      frame.try(async () => {
        const chosen = [...basket].join(",");
        frame.command({ inputs: [chosen], options: { explain: true } });
        const { inside: answer } = await inside(frame.experiment.name, {
          network: frame.network.id,
          inputs: [chosen],
          options: { explain: true },
        });
        methods.replaceChildren(...Object.entries(answer.methods).map(([name, rows]) => column(name, rows)));
        if (answer.unknown?.length)
          status.textContent = `The network does not know: ${answer.unknown.join(", ")}`;
      }),
    60,
  );

  const form = make(
    "form",
    {
      class: "form basket",
      onsubmit: (event) => {
        event.preventDefault();
        const wanted = input.value.trim().toLowerCase();
        const item =
          names.get(wanted) ??
          items.find(({ item: name }) => wanted && name.toLowerCase().startsWith(wanted))?.item;
        input.value = "";
        item ? put(item) : refresh(wanted ? `The network knows no ${wanted}` : "");
      },
    },
    make("div", {}, make("h3", {}, "Your basket"), chips),
    make("div", { class: "adding" }, labelled("Put something in", input), list, make("button", {}, "Put in")),
    status,
    make("div", {}, make("p", { class: "note" }, "Bought most often:"), frequent),
  );
  // A choice from the list needs no further key.
  input.addEventListener("input", (event) => {
    if (event.inputType === "insertReplacementText" || !event.inputType) {
      const item = names.get(input.value.toLowerCase());
      if (item) {
        input.value = "";
        put(item);
      }
    }
  });
  frame.onNetwork(() => refresh());
  frame.body.append(form, methods);
  refresh();
}
