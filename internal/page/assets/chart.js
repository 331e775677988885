// Draws a column of a table as bars, or as a line if its rows are days or times. The table says the same in numbers.

const maxBars = 40;
const barHeight = 28;
const lineHeight = 240;
const isTime = /^\d{4}-\d\d(-\d\d|$)/;

window.addEventListener("resize", () => document.querySelector("#chart")?.redraw?.());

// draw fills a figure for the table that it names, with a choice of the column.
export function draw(figure) {
  const table = document.getElementById(figure.dataset.table);
  const heads = [...table.tHead.rows[0].cells];
  const numbers = heads.flatMap((head, at) => (head.classList.contains("figure") ? [at] : []));
  const label = Math.max(0, heads.findIndex((_, at) => !numbers.includes(at)));
  const values = numbers.filter((at) => at !== label);
  if (values.length === 0 || table.tBodies[0].rows.length < 2) return;
  const choice = figure.querySelector("select");
  choice.append(new Option(figure.dataset.none, ""), ...values.map((at) => new Option(heads[at].textContent, at)));
  choice.value = values[0];
  figure.hidden = false;
  const redraw = () => {
    figure.querySelector("svg")?.remove();
    figure.querySelector("span").textContent = "";
    if (choice.value === "") return;
    const title = figure.dataset.of.replace("{0}", heads[choice.value].textContent).replace("{1}", heads[label].textContent);
    const points = [...table.tBodies[0].rows].filter((row) => !row.hidden).map((row) => point(row, label, Number(choice.value)));
    if (points.length === 0) return;
    const isLine = points.every(({ name }) => isTime.test(name));
    const shown = isLine ? points.toSorted((a, b) => (a.name < b.name ? -1 : 1)) : points.slice(0, maxBars);
    if (shown.length < points.length) figure.querySelector("span").textContent = figure.dataset.cut.replace("{0}", shown.length).replace("{1}", points.length);
    figure.append((isLine ? line : bars)(shown, Math.max(280, figure.clientWidth), title));
  };
  choice.addEventListener("change", redraw);
  table.addEventListener("sorted", redraw);
  figure.redraw = redraw;
  redraw();
}

function point(row, label, at) {
  const cell = row.cells[at];
  return { name: row.cells[label].textContent, value: "number" in cell.dataset ? Number(cell.dataset.number) : null, text: cell.textContent };
}

function element(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

function picture(width, height, title) {
  return element("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title });
}

// range returns the least and the greatest value, with 0 among them.
function range(points) {
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]));
  return [Math.min(0, ...known), Math.max(0, ...known)];
}

function bars(points, width, title) {
  const svg = picture(width, points.length * barHeight, title);
  const names = Math.min(width * 0.35, 220);
  const room = width - names - 90; // for the numbers at the ends of the bars
  const [low, high] = range(points);
  const x = (value) => names + ((value - low) / (high - low || 1)) * room;
  for (const [i, { name, value, text }] of points.entries()) {
    const middle = (i + 0.5) * barHeight;
    svg.append(element("text", { x: names - 8, y: middle, "text-anchor": "end", "dominant-baseline": "central" }, shorten(name || "–", names / 8)));
    if (value === null) continue; // unknown is no bar
    const [from, to] = [x(Math.min(0, value)), x(Math.max(0, value))];
    svg.append(element("rect", { x: from, y: middle - 9, width: Math.max(1, to - from), height: 18, rx: 3 }));
    svg.append(element("text", { x: to + 6, y: middle, "dominant-baseline": "central", class: "value" }, text));
  }
  return svg;
}

function line(points, width, title) {
  const svg = picture(width, lineHeight, title);
  const [left, right, top, bottom] = [70, width - 20, 14, lineHeight - 30];
  const [low, high] = range(points);
  const x = (i) => (points.length === 1 ? (left + right) / 2 : left + (i / (points.length - 1)) * (right - left));
  const y = (value) => bottom - ((value - low) / (high - low || 1)) * (bottom - top);
  const texts = new Map(points.map(({ value, text }) => [value, text]));
  for (const value of new Set([low, high])) {
    svg.append(element("line", { x1: left, x2: right, y1: y(value), y2: y(value), class: "axis" }));
    svg.append(element("text", { x: left - 8, y: y(value), "text-anchor": "end", "dominant-baseline": "central", class: "value" }, texts.get(value) ?? String(value)));
  }
  let path = "";
  for (const [i, { value }] of points.entries()) {
    if (value === null) continue; // an unknown value is a gap
    const isNext = i > 0 && points[i - 1].value !== null;
    path += `${isNext ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
    if (points.length <= 62) svg.append(element("circle", { cx: x(i), cy: y(value), r: 3 }));
  }
  svg.append(element("path", { d: path }));
  const ends = points.length > 2 && width > 500 ? [0, Math.floor(points.length / 2), points.length - 1] : [0, points.length - 1];
  for (const i of new Set(ends)) {
    const anchor = i === 0 ? "start" : i === points.length - 1 ? "end" : "middle";
    svg.append(element("text", { x: x(i), y: lineHeight - 8, "text-anchor": anchor, class: "value" }, points[i].name.slice(0, 16).replace("T", " ")));
  }
  return svg;
}

function shorten(text, length) {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, Math.floor(length) - 1).join("")}…`;
}
