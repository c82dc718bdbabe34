// All networks of the server in one table.
import { make } from "./dom.js";
import { mainScore } from "./scores.js";
import { count } from "./words.js";

export const name = "networks";
export const nav = "Networks";
export const title = "All networks of this server";
export const lead = "Choose one to ask it.";
export const useful = (service) => service.experiments.some((experiment) => experiment.networks.length);

function table(service) {
  const rows = service.experiments.flatMap((experiment) =>
    experiment.networks.map((network) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, make("a", { href: `#${experiment.name}/${encodeURIComponent(network.id)}` }, network.id)),
        make("td", {}, network.chosen ?? ""),
        make("td", {}, network.dataset ?? ""),
        make("td", { class: "number" }, count(network.weights)),
        make("td", {}, mainScore(experiment.name, network) ?? "not scored"),
      ),
    ),
  );
  return make(
    "table",
    {},
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        ...["network", "from", "trained on", "weights", "score"].map((head, n) =>
          make("th", { scope: "col", class: n === 3 ? "number" : null }, head),
        ),
      ),
    ),
    make("tbody", {}, ...rows),
  );
}

export function start(place, service) {
  const box = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Networks" });
  const fill = () => box.replaceChildren(table(service));
  addEventListener("networkschange", fill);
  place.append(box);
  fill();
}
