"use strict";
// Headings that sort. "98.2 %", "-0.3" and "1,234 (1,200 to 1,300)" sort by their first number.
(() => {
  const number = (text) => {
    const found = /^[-+\u2212]?(\d[\d,]*\.?\d*|\.\d+)(e[-+]?\d+)?/i.exec(text);
    return found ? Number(found[0].replace("\u2212", "-").replaceAll(",", "")) : NaN;
  };
  const words = new Intl.Collator("en", { numeric: true });

  const sort = (table, column, down) => {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [row.cells[column]?.textContent.trim() ?? "", row]);
    const numeric = rows.every(([text]) => !text || !Number.isNaN(number(text)));
    rows.sort(([a], [b]) => {
      if (!a || !b) return (a ? 0 : 1) - (b ? 0 : 1); // empty cells stay at the end
      const order = numeric ? number(a) - number(b) : words.compare(a, b);
      return down ? -order : order;
    });
    body.append(...rows.map(([, row]) => row));
  };

  const makeSortable = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        sort(table, column, down);
      });
    });
  };

  for (const table of document.querySelectorAll("table")) {
    if (table.tHead && table.tBodies[0].rows.length > 1) makeSortable(table);
  }

  // What can be scrolled must be reachable with the keyboard.
  const reachable = new ResizeObserver((seen) => {
    for (const { target } of seen) {
      if (target.scrollWidth > target.clientWidth) {
        target.tabIndex = 0;
        target.setAttribute("role", "region");
        const inside = target.firstElementChild;
        target.setAttribute("aria-label", inside.getAttribute("aria-label") ?? inside.alt ?? "Table");
      } else ["tabindex", "role", "aria-label"].forEach((name) => target.removeAttribute(name));
    }
  });
  document.querySelectorAll(".scroll").forEach((box) => reachable.observe(box));
})();
