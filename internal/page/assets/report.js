// Shows the outcome of a run that was started on the page, once there is one.

import { morph } from "./morph.js";

const interval = 1500; // milliseconds

async function refresh() {
  if (!document.querySelector("[data-running]")) return;
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (answer.redirected || (answer.status >= 400 && answer.status < 500)) {
      location.reload(); // the session has ended, or the report is removed
      return;
    }
    if (answer.ok) morph(document.querySelector("#main"), new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#main"));
  } catch {
    // The server cannot be reached; the next try may.
  }
  setTimeout(refresh, interval);
}

setTimeout(refresh, interval);
