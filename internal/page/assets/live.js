// Keeps a page live: it puts the newest state, which the server sends as HTML, into the page, lets the durations run, and shows when the
// connection is lost.

import { morph } from "./morph.js";
import { enhance } from "./table.js";

const board = document.querySelector("#board");
const alarm = document.querySelector("#connection");
const announcement = document.querySelector("#announcement");

const silence = 8000; // milliseconds without an event after which the page is not live; the server sends one every three seconds
const reopen = 15000; // milliseconds without an event after which the stream is opened again: a connection whose other end is gone may stay open
const retry = 5000; // milliseconds after which a stream that the server has refused is asked for again

let heardAt = Date.now();
let openedAt; // when the stream was opened
let ahead = Number(board.dataset.now) - Date.now(); // of the server's clock
let lost = false;
let stream;

function connect() {
  stream?.close();
  openedAt = Date.now();
  stream = new EventSource(board.dataset.stream);
  stream.addEventListener("board", (event) => {
    const next = new DOMParser().parseFromString(`<div id="board">${event.data}</div>`, "text/html").querySelector("#board");
    for (const { name, value } of board.attributes) next.setAttribute(name, value);
    enhance(next, board);
    morph(board, next);
    heard(event);
  });
  stream.addEventListener("alive", heard);
  stream.addEventListener("signed-out", () => location.reload());
  stream.addEventListener("error", () => {
    if (stream.readyState !== EventSource.CLOSED) return; // the browser connects again by itself
    stream.close();
    setTimeout(reconnect, retry);
  });
}

// The server has refused the stream. If it refuses the page too, because the session has ended or the group is not the user's any more, the page
// is loaded again, which says so. A 404 of a proxy, without this program's headers, is not that: a wall screen would stay on it.
async function reconnect() {
  try {
    const answer = await fetch(location.href, { method: "HEAD", redirect: "manual", cache: "no-store" });
    const isOurs = answer.headers.has("Content-Security-Policy");
    if (answer.type === "opaqueredirect" || (isOurs && answer.status >= 400 && answer.status < 500)) {
      location.reload();
      return;
    }
  } catch {
    // The server cannot be reached.
  }
  connect();
}

function heard(event) {
  heardAt = Date.now();
  ahead = Number(event.lastEventId) - heardAt;
  if (lost) announcement.textContent = announcement.dataset.again;
  setLost(false);
  tick();
}

function setLost(isLost) {
  if (lost === isLost) return;
  lost = isLost;
  alarm.hidden = !lost;
  document.body.classList.toggle("stale", lost);
  if (lost) {
    announcement.textContent = "";
    const since = new Date(heardAt + ahead).toLocaleTimeString("en-GB", { timeZone: board.dataset.zone, hour12: board.dataset.hours === "12" });
    alarm.textContent = `${alarm.dataset.notLive.replace("{0}", since)} · ${alarm.dataset.note}`;
  }
}

function tick() {
  if (Date.now() - heardAt > silence) setLost(true);
  if (Date.now() - Math.max(heardAt, openedAt) > reopen) connect();
  if (lost) return; // the durations of old calls would be wrong
  const now = Date.now() + ahead;
  for (const element of board.querySelectorAll(".duration")) {
    const text = duration(now - Number(element.dataset.since));
    if (element.textContent !== text) element.textContent = text;
  }
}

function duration(millis) {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const pad = (n) => String(n).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}:${pad(seconds % 60)}` : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}

connect();
setInterval(tick, 1000);
