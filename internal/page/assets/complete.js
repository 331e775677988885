// Completes the names of tables, columns and metrics while SQL is typed, and inserts those that are clicked in the catalog.

const field = document.querySelector("#sql");
const list = document.querySelector("#completions");
const catalog = document.querySelector("#catalog");

const most = 8; // names that are offered

let words = []; // each with its table, if it is a column
let chosen = -1;

field.setAttribute("aria-autocomplete", "list");
field.setAttribute("aria-controls", list.id);

// before returns the word before the cursor, and the table that qualifies it.
function before() {
  const text = field.value.slice(0, field.selectionStart);
  const [, table = "", word] = text.match(/(?:([\p{L}\p{N}_]+)\.)?([\p{L}\p{N}_]*)$/u);
  return { table: table.toLowerCase(), word };
}

function close() {
  list.hidden = true;
  list.replaceChildren();
  field.removeAttribute("aria-activedescendant");
  chosen = -1;
}

function offer() {
  const { table, word } = before();
  close();
  if (field.selectionStart !== field.selectionEnd || (word.length < 2 && !(table && words.some((w) => w.table === table)))) return;
  const start = word.toLowerCase();
  const found = new Map();
  for (const candidate of words) {
    if (!candidate.name.toLowerCase().startsWith(start) || candidate.name === word || found.has(candidate.name)) continue;
    if (table && words.some((w) => w.table === table) && candidate.table !== table) continue;
    found.set(candidate.name, candidate);
    if (found.size === most) break;
  }
  for (const [i, { name, meaning }] of [...found.values()].entries()) {
    const option = document.createElement("li");
    option.id = `completion-${i}`;
    option.role = "option";
    option.ariaSelected = "false";
    option.dataset.word = name;
    const note = document.createElement("span");
    note.className = "dim";
    note.textContent = meaning;
    option.append(name, " ", note);
    option.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the field keeps the focus
      accept(name);
    });
    list.append(option);
  }
  list.hidden = found.size === 0;
}

function choose(at) {
  const options = [...list.children];
  chosen = (at + options.length) % options.length;
  for (const [i, option] of options.entries()) option.ariaSelected = String(i === chosen);
  field.setAttribute("aria-activedescendant", options[chosen].id);
}

function accept(name) {
  const { word } = before();
  insert(name, field.selectionStart - word.length);
  close();
}

function insert(name, from) {
  field.setRangeText(name, from, field.selectionEnd, "end");
  field.focus();
}

field.addEventListener("input", offer);
field.addEventListener("blur", close);
field.addEventListener("click", close);
field.addEventListener("keydown", (event) => {
  if (list.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
  switch (event.key) {
    case "ArrowDown":
      choose(chosen + 1);
      break;
    case "ArrowUp":
      choose(chosen < 0 ? -1 : chosen - 1);
      break;
    case "Escape":
      close();
      break;
    case "Tab":
      if (event.shiftKey) return;
      accept(list.children[Math.max(0, chosen)].dataset.word);
      break;
    case "Enter":
      if (chosen < 0) return;
      accept(list.children[chosen].dataset.word);
      break;
    case "ArrowLeft":
    case "ArrowRight":
      close();
      return;
    default:
      return;
  }
  event.preventDefault();
});

async function load() {
  try {
    const answer = await fetch("/ask/catalog");
    if (!answer.ok) throw new Error(answer.status);
    const names = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#names");
    document.querySelector("#names").replaceWith(document.adoptNode(names));
    const named = [...names.querySelectorAll("[data-word]")].map((word) => ({
      name: word.dataset.word,
      meaning: word.parentElement.querySelector("span")?.textContent ?? "",
      table: word.closest("li") ? word.closest("details")?.dataset.table.toLowerCase() : undefined,
    }));
    const others = names.dataset.keywords.split("\n").filter(Boolean).map((name) => ({ name, meaning: "" }));
    words = [...named.filter((w) => !w.table), ...others, ...named.filter((w) => w.table)].sort((a, b) => a.name.length - b.name.length);
    names.addEventListener("click", (event) => {
      const button = event.target.closest("[data-insert]");
      if (button) insert(button.dataset.insert, field.selectionStart);
    });
  } catch {
    document.querySelector("#names").textContent = catalog.dataset.failed;
  }
}

load();
