"use strict";
(() => {
  const told = document.getElementById("told");
  const tools = document.getElementById("tools");
  const roll = document.getElementById("roll");
  if (!told || !tools || !roll) return;
  let count = "", order = "";
  const tell = () => { told.textContent = count + order; };

  const key = (cell) => {
    if (!cell) return "";
    const text = cell.dataset.v === undefined ? cell.textContent.trim() : cell.dataset.v;
    return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
  };
  const { compare: collate } = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const compare = (a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b : collate(String(a), String(b));
  // What has no number (held, not run) stays last in either direction.
  const blank = (value, numeric) => value === "" || value === "–" || (numeric && typeof value !== "number");

  const sortable = (table) => {
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    const heads = Array.from(table.tHead.rows[0].cells);
    rows.forEach((row, i) => { row.order = i; });

    const sort = (column, direction) => {
      const keyed = rows.map((row) => [key(row.cells[column]), row]);
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
      const name = label.textContent;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        const direction = now === null ? (head.dataset.first === "down" ? -1 : 1) : now === "ascending" ? -1 : 1;
        sort(column, direction);
        if (table !== roll) return;
        order = ", sorted by " + name + (direction > 0 ? ", ascending" : ", descending");
        tell();
      });
      label.replaceWith(button);
    });
  };

  const rows = Array.from(roll.tBodies[0].rows);
  document.querySelectorAll("table.sorts").forEach(sortable);
  rows.forEach((row) => {
    const cells = row.cells;
    row.words = (cells[0].textContent + " " + cells[1].textContent + " " + cells[cells.length - 1].textContent).toLowerCase();
  });
  const find = document.getElementById("find");
  const state = document.getElementById("state");
  const change = document.getElementById("change");
  const filter = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kind = change ? change.value : "";
    let shown = 0;
    rows.forEach((row) => {
      const match = (!state.value || row.dataset.state === state.value)
        && (!kind || (kind === "any" ? row.dataset.change : row.dataset.change === kind))
        && words.every((word) => row.words.includes(word));
      row.hidden = !match;
      shown += Boolean(match);
    });
    count = shown + " of " + rows.length + " shown";
    tell();
  };
  find.addEventListener("input", filter);
  state.addEventListener("change", filter);
  if (change) change.addEventListener("change", filter);
  tools.hidden = false;
  filter();
})();
