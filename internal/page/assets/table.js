// Lets tables be sorted by a column, and filtered by a text.

// enhance does so for the tables of an element. Those that will replace others, of the same ids, are sorted as these are.
export function enhance(root, replaced) {
  for (const table of root.querySelectorAll("table[data-sorts]")) {
    sorts(table);
    const head = replaced?.querySelector(`#${table.id} [aria-sort]`);
    if (head) sort(table, head.cellIndex, head.getAttribute("aria-sort"));
  }
  for (const filter of root.querySelectorAll("[data-filters]")) filters(filter);
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

function sorts(table) {
  for (const [at, head] of [...table.tHead.rows[0].cells].entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      sort(table, at, head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending");
    });
  }
}

// sort sorts the rows. Empty cells are last in both directions.
function sort(table, at, direction) {
  const heads = table.tHead.rows[0].cells;
  for (const head of heads) head.removeAttribute("aria-sort");
  heads[at].setAttribute("aria-sort", direction);
  const sign = direction === "ascending" ? 1 : -1;
  const rows = [...table.tBodies[0].rows].map((row) => {
    const cell = row.cells[at];
    return { row, number: "number" in cell.dataset ? Number(cell.dataset.number) : NaN, text: cell.textContent };
  });
  rows.sort((a, b) => {
    if (!a.text || !b.text) return (a.text ? 0 : 1) - (b.text ? 0 : 1);
    return sign * (a.number - b.number || collator.compare(a.text, b.text));
  });
  table.tBodies[0].append(...rows.map(({ row }) => row));
  table.dispatchEvent(new Event("sorted"));
}

function filters(filter) {
  const table = document.getElementById(filter.dataset.filters);
  const input = filter.querySelector("input");
  const status = filter.querySelector("[data-match]");
  filter.hidden = table.tBodies[0].rows.length < 2;
  input.addEventListener("input", () => {
    const wanted = input.value.toLocaleLowerCase();
    let found = 0;
    for (const row of table.tBodies[0].rows) {
      row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
      if (!row.hidden) found++;
    }
    status.textContent = wanted ? status.dataset.match.replace("{0}", found).replace("{1}", table.tBodies[0].rows.length) : "";
    table.dispatchEvent(new Event("sorted"));
  });
}

enhance(document);
