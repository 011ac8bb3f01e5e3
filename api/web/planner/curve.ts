// A run under way: bound and best plan close in on each other; at the end the page goes on.
type Milestone = [seconds: number, bound: number | null, cost: number | null];
interface State {
  status: "queued" | "running" | "done" | "failed";
  progress: { phase: string; share: number; milestones: Milestone[] } | null;
}

const EVERY_MS = 500;
const WIDTH = 720;
const HEIGHT = 260;
const EDGE = { left: 92, right: 18, top: 16, bottom: 34 };
const COLOURS = { cost: "#1f5f9e", bound: "#b5651d" };
const language = document.documentElement.lang;

export async function watchRun(place: HTMLElement): Promise<void> {
  const began = performance.now();
  for (;;) {
    const state: State | null = await fetch(place.dataset["state"] ?? "")
      .then((response) => (response.ok ? response.json() : null))
      .catch(() => null);
    if (state?.status === "done") {
      location.assign(place.dataset["next"] ?? "/");
      return;
    }
    if (state?.status === "failed") {
      location.reload();
      return;
    }
    say(place, state, (performance.now() - began) / 1000);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

function say(place: HTMLElement, state: State | null, watched: number): void {
  const words = state ? place.dataset[state.status] : place.dataset["lost"];
  put("calcul-etat", words ?? "");
  const progress = state?.progress;
  if (!progress) return;
  const milestones = progress.milestones;
  const last = milestones.at(-1);
  const [, bound, cost] = last ?? [0, null, null];
  put("calcul-borne", number(bound));
  put("calcul-cout", number(cost));
  put("calcul-ecart", bound !== null && cost ? percent((cost - bound) / Math.abs(cost)) : "–");
  put("calcul-temps", `${Math.round(Math.max(watched, last?.[0] ?? 0))} s`);
  const phases: Record<string, string> = JSON.parse(place.dataset["phases"] ?? "{}");
  put("calcul-phase", phases[progress.phase] ?? progress.phase);
  draw(place, milestones);
  fillTable(milestones);
}

/** Write only what is new: a reader that is told of changes hears nothing twice. */
function put(id: string, text: string): void {
  const element = document.getElementById(id);
  if (element && element.textContent !== text) element.textContent = text;
}

function number(value: number | null): string {
  const digits = { maximumSignificantDigits: 6 };
  return value === null ? "–" : new Intl.NumberFormat(language, digits).format(value);
}

function percent(share: number): string {
  const digits = { style: "percent", maximumSignificantDigits: 2 } as const;
  return new Intl.NumberFormat(language, digits).format(share);
}

function draw(place: HTMLElement, milestones: Milestone[]): void {
  const figure = document.getElementById("calcul-courbe");
  const values = spread(milestones);
  if (!figure || !values) return;
  const [low, high] = values;
  const until = Math.max(milestones.at(-1)?.[0] ?? 0, 1);
  const x = (seconds: number): number => EDGE.left + (seconds / until) * (WIDTH - EDGE.left - EDGE.right);
  const y = (value: number): number =>
    EDGE.top + ((high - clamp(value, low, high)) / (high - low)) * (HEIGHT - EDGE.top - EDGE.bottom);
  const svg = make("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label(place, milestones) });
  for (const tick of [low, (low + high) / 2, high]) {
    svg.append(make("path", { d: `M${EDGE.left} ${y(tick)}H${WIDTH - EDGE.right}`, stroke: "#e1e7ee" }));
    svg.append(words(number(tick), EDGE.left - 8, y(tick) + 4, "end"));
  }
  svg.append(words("0", EDGE.left, HEIGHT - 10, "middle"));
  svg.append(words(`${Math.round(until)} s`, WIDTH - EDGE.right, HEIGHT - 10, "end"));
  const series = [
    ["cost", 2, "0"],
    ["bound", 1, "6 4"],
  ] as const;
  for (const [name, column, dash] of series) {
    const path = steps(milestones, column, until, x, y);
    if (!path) continue;
    svg.append(make("path", { d: path, fill: "none", stroke: COLOURS[name], "stroke-width": "3", "stroke-dasharray": dash }));
    const end = milestones.at(-1)?.[column] ?? null;
    if (end !== null) {
      const above = name === "cost" ? -8 : 18;
      const text = words(place.dataset[name] ?? "", WIDTH - EDGE.right - 4, y(end) + above, "end");
      text.setAttribute("font-weight", "600");
      svg.append(text);
    }
  }
  figure.replaceChildren(svg);
}

/** What the axis shows: the last plans and bounds, not how bad the very first ones were. */
function spread(milestones: Milestone[]): [number, number] | null {
  const costs = milestones.flatMap(([, , cost]) => (cost === null ? [] : [cost]));
  const bounds = milestones.flatMap(([, bound]) => (bound === null ? [] : [bound]));
  const best = costs.length ? Math.min(...costs) : null;
  const proven = bounds.length ? Math.max(...bounds) : null;
  if (best === null && proven === null) return null;
  const middle = best ?? proven ?? 0;
  const open = Math.max(Math.abs(middle) * 0.02, best !== null && proven !== null ? (best - proven) * 3 : 0, 1e-9);
  return [(proven ?? middle) - open, (best ?? middle) + open];
}

function steps(
  milestones: Milestone[], column: 1 | 2, until: number,
  x: (seconds: number) => number, y: (value: number) => number,
): string {
  let path = "";
  let last: number | null = null;
  for (const milestone of milestones) {
    const value = milestone[column];
    if (value === null) continue;
    const at = x(milestone[0]).toFixed(1);
    path += last === null ? `M${at} ${y(value).toFixed(1)}` : `H${at}V${y(value).toFixed(1)}`;
    last = value;
  }
  return last === null ? "" : `${path}H${x(until).toFixed(1)}`;
}

function label(place: HTMLElement, milestones: Milestone[]): string {
  const [seconds, bound, cost] = milestones.at(-1) ?? [0, null, null];
  const { cost: plan, bound: proven, seconds: unit } = place.dataset;
  return `${plan} ${number(cost)}, ${proven} ${number(bound)}, ${Math.round(seconds)} ${unit}`;
}

function fillTable(milestones: Milestone[]): void {
  const rows = milestones.map(([seconds, bound, cost]) => {
    const row = document.createElement("tr");
    for (const text of [seconds.toFixed(1), number(bound), number(cost)]) {
      const cell = document.createElement("td");
      cell.className = "n";
      cell.textContent = text;
      row.append(cell);
    }
    return row;
  });
  document.getElementById("calcul-table")?.replaceChildren(...rows);
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

function make(name: string, attributes: Record<string, string>): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function words(text: string, x: number, y: number, anchor: string): SVGElement {
  const element = make("text", { x: String(x), y: String(y), "text-anchor": anchor });
  element.textContent = text;
  return element;
}
