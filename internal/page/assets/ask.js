// Asks a question without leaving the page, so that it can be cancelled: with the button, or by closing the tab. The question is kept in the part of
// the address after #, which browsers do not send.

import { enhance } from "./table.js";
import { draw } from "./chart.js";

const form = document.querySelector("#question");
const run = document.querySelector("#run");
const cancel = document.querySelector("#cancel");
const progress = document.querySelector("#progress");

let asking; // the AbortController of the question that runs

function restore() {
  const kept = new URLSearchParams(location.hash.slice(1));
  for (const [name, value] of kept) {
    const field = form.elements.namedItem(name);
    if (field && "value" in field) field.value = value;
  }
}

function keep() {
  const kept = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) kept.set(name, value);
  history.replaceState(null, "", `#${kept}`);
}

function setRunning(isRunning) {
  run.disabled = isRunning;
  cancel.hidden = !isRunning;
  if (isRunning) cancel.focus();
  else if (document.activeElement === document.body || document.activeElement === cancel) run.focus();
}

async function ask() {
  asking?.abort();
  const own = new AbortController();
  asking = own;
  keep();
  setRunning(true);
  progress.textContent = progress.dataset.running;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual", signal: own.signal });
    if (answer.status === 401) {
      progress.textContent = progress.dataset.signedOut; // a form to sign in here would lose the question
      return;
    }
    const reply = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#reply");
    if (!reply) throw new Error(`the answer has no reply: ${answer.status}`);
    document.querySelector("#reply").replaceWith(document.adoptNode(reply));
    progress.textContent = "";
    enhance(document.querySelector("#reply"));
    drawChart();
    document.querySelector("#reply").scrollIntoView({ block: "nearest" });
  } catch {
    progress.textContent = own.signal.aborted ? progress.dataset.cancelled : progress.dataset.failed;
  } finally {
    if (asking === own) {
      asking = undefined;
      setRunning(false);
    }
  }
}

function drawChart() {
  const chart = document.querySelector("#chart");
  if (chart) draw(chart);
}

form.addEventListener("submit", (event) => {
  keep();
  if (event.submitter?.name) return; // a download, which leaves the page as it is
  event.preventDefault();
  if (!asking) ask();
});
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit(run);
});
cancel.addEventListener("click", () => asking?.abort());
window.addEventListener("hashchange", restore);
restore();
drawChart();
