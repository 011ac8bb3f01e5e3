// The islands of the planner's pages: each looks for its place, and a page without it is complete.
import { watchRun } from "./curve.ts";
import { showMap } from "./map.ts";
import { watchPublication } from "./publication.ts";

const run = document.getElementById("calcul");
if (run) void watchRun(run);
const publication = document.getElementById("publication");
if (publication) void watchPublication(publication);
const layers = document.getElementById("couches");
if (layers) void showMap(layers);

// A refusal names a line: following it puts the cursor there.
const line = document.querySelector<HTMLAnchorElement>("a[data-line]");
const text = document.getElementById("texte");
if (line && text instanceof HTMLTextAreaElement) {
  line.addEventListener("click", (event) => {
    event.preventDefault();
    const before = text.value.split("\n").slice(0, Number(line.dataset["line"]) - 1);
    const start = before.reduce((sum, one) => sum + one.length + 1, 0);
    const end = text.value.indexOf("\n", start);
    text.focus();
    text.setSelectionRange(start, end < 0 ? text.value.length : end);
  });
}
