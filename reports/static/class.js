"use strict";
(() => {
  const table = document.getElementById("roll");
  const tools = document.getElementById("tools");
  if (!table || !tools) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const told = document.getElementById("told");
  const find = document.getElementById("find");
  const state = document.getElementById("state");
  rows.forEach((row, i) => { row.order = i; row.words = row.textContent.toLowerCase(); });

  const key = (row, column) => {
    const cell = row.cells[column];
    if (!cell) return "";
    const text = cell.dataset.v === undefined ? cell.textContent.trim() : cell.dataset.v;
    return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
  };
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), undefined, { numeric: true, sensitivity: "base" });
  };
  // What has no number (held, not run) stays last in either direction.
  const blank = (value, numeric) => value === "" || value === "–" || (numeric && typeof value !== "number");

  const sort = (column, direction) => {
    const keyed = rows.map((row) => [key(row, column), row]);
    const numeric = keyed.some(([value]) => typeof value === "number");
    keyed.sort(([a, x], [b, y]) =>
      blank(a, numeric) - blank(b, numeric) || direction * compare(a, b) || x.order - y.order);
    body.append(...keyed.map(([, row]) => row));
    heads.forEach((head, i) => {
      if (i === column) head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    });
  };

  heads.forEach((head, column) => {
    const label = head.querySelector("span");
    if (!label) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label.textContent;
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      const first = head.dataset.first === "down" ? -1 : 1;
      sort(column, now === null ? first : now === "ascending" ? -1 : 1);
    });
    label.replaceWith(button);
  });

  const filter = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row) => {
      const match = (!state.value || row.dataset.state === state.value)
        && words.every((word) => row.words.includes(word));
      row.hidden = !match;
      shown += match;
    });
    told.textContent = shown + " of " + rows.length + " shown";
  };
  find.addEventListener("input", filter);
  state.addEventListener("change", filter);
  tools.hidden = false;
  filter();
})();
