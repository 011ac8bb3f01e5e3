// The map of a plan: the report's layers, one at a time, drawn on a canvas that can be moved.
interface Points { x: number[]; y: number[]; r: number[]; name: string[] }
interface Layer { colours: string[]; class: number[]; text: string[] }
interface MapPoints {
  width: number; height: number; land: string; ink: string; outlines: string;
  places: Points; layers: Record<string, Layer>; centres: Points & Layer;
}
interface View { scale: number; x: number; y: number }

const MOST_SCALE = 24;
const STEP = 60;
const GROUND = "#e4e9ef";

export async function showMap(place: HTMLElement): Promise<void> {
  const response = await fetch(place.dataset["points"] ?? "");
  if (!response.ok) return; // the pictures of the page stay
  const points: MapPoints = await response.json();
  // A coverage that is the same everywhere tells less than who waits how long.
  const first = new Set(points.layers["coverage"]?.class).size > 1 ? "coverage" : "waiting";
  new PlanMap(place, points).show(first);
}

class PlanMap {
  private readonly canvas = document.createElement("canvas");
  private readonly told = document.createElement("p");
  private readonly controls = document.createElement("div");
  private readonly blocks: Map<string, HTMLElement>;
  private readonly labels = new Map<string, string>();
  private readonly buttons = new Map<string, HTMLButtonElement>();
  private readonly outlines: Path2D;
  private view: View = { scale: 1, x: 0, y: 0 };
  private layer = "coverage";
  private readonly place: HTMLElement;
  private readonly points: MapPoints;

  constructor(place: HTMLElement, points: MapPoints) {
    this.place = place;
    this.points = points;
    this.outlines = new Path2D(points.outlines);
    this.blocks = new Map(
      [...place.querySelectorAll<HTMLElement>(".layer")].map((one) => [one.dataset["layer"] ?? "", one]),
    );
    this.canvas.className = "map-canvas";
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.addChooser();
    this.addControls();
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  show(layer: string): void {
    this.layer = layer;
    for (const [name, block] of this.blocks) block.hidden = name !== layer;
    for (const [name, button] of this.buttons) button.setAttribute("aria-pressed", String(name === layer));
    const block = this.blocks.get(layer);
    const picture = block?.querySelector<HTMLElement>(".picture");
    const still = picture?.querySelector("img, svg.map");
    const said = still?.getAttribute("alt") ?? still?.getAttribute("aria-label");
    if (said) this.labels.set(layer, said);
    still?.remove();
    this.canvas.setAttribute("aria-label", this.labels.get(layer) ?? "");
    picture?.append(this.canvas, this.controls);
    this.told.textContent = "";
    this.draw();
  }

  private addChooser(): void {
    const group = document.createElement("div");
    group.className = "layers";
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", this.place.dataset["label"] ?? "");
    for (const [name, block] of this.blocks) {
      const button = action(block.dataset["title"] ?? name, () => this.show(name));
      this.buttons.set(name, button);
      group.append(button);
    }
    this.place.prepend(group);
  }

  private addControls(): void {
    this.controls.className = "zoom";
    const { in: nearer, out: farther, whole, help } = this.place.dataset;
    const plus = action("+", () => this.zoom(1.6));
    const minus = action("−", () => this.zoom(1 / 1.6));
    plus.setAttribute("aria-label", nearer ?? "+");
    minus.setAttribute("aria-label", farther ?? "−");
    this.told.setAttribute("aria-live", "polite");
    this.canvas.title = help ?? "";
    this.controls.append(plus, minus, action(whole ?? "", () => this.reset()), this.told);
  }

  private listen(): void {
    const pointers = new Map<number, PointerEvent>();
    this.canvas.addEventListener("pointerdown", (event) => {
      pointers.set(event.pointerId, event);
      this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      const last = pointers.get(event.pointerId);
      if (!last) return this.tell(event);
      pointers.set(event.pointerId, event);
      this.move(event.clientX - last.clientX, event.clientY - last.clientY);
    });
    for (const end of ["pointerup", "pointercancel"] as const) {
      this.canvas.addEventListener(end, (event) => {
        pointers.delete(event.pointerId);
        this.tell(event);
      });
    }
    this.canvas.addEventListener("keydown", (event) => this.onKey(event));
  }

  private onKey(event: KeyboardEvent): void {
    const moves: Record<string, () => void> = {
      ArrowLeft: () => this.move(STEP, 0),
      ArrowRight: () => this.move(-STEP, 0),
      ArrowUp: () => this.move(0, STEP),
      ArrowDown: () => this.move(0, -STEP),
      "+": () => this.zoom(1.6),
      "-": () => this.zoom(1 / 1.6),
      "0": () => this.reset(),
    };
    const found = moves[event.key];
    if (!found || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    found();
  }

  /** Pixels of the screen for a pixel of the sheet, before any zoom. */
  private get fit(): number {
    return this.canvas.clientWidth / this.points.width;
  }

  private move(across: number, down: number): void {
    this.view = this.held({ ...this.view, x: this.view.x - across / (this.fit * this.view.scale), y: this.view.y - down / (this.fit * this.view.scale) });
    this.draw();
  }

  private zoom(by: number): void {
    const { width, height } = this.points;
    const scale = Math.min(Math.max(this.view.scale * by, 1), MOST_SCALE);
    const middle = { x: this.view.x + width / this.view.scale / 2, y: this.view.y + height / this.view.scale / 2 };
    this.view = this.held({ scale, x: middle.x - width / scale / 2, y: middle.y - height / scale / 2 });
    this.draw();
  }

  private reset(): void {
    this.view = { scale: 1, x: 0, y: 0 };
    this.draw();
  }

  /** Keep the sheet in the window. */
  private held({ scale, x, y }: View): View {
    const { width, height } = this.points;
    const inside = (at: number, size: number): number => Math.min(Math.max(at, 0), size - size / scale);
    return { scale, x: inside(x, width), y: inside(y, height) };
  }

  private get shown(): [Points, Layer] {
    if (this.layer === "load") return [this.points.centres, this.points.centres];
    const layer = this.points.layers[this.layer];
    if (!layer) throw new Error(`no layer is called ${this.layer}`);
    return [this.points.places, layer];
  }

  private draw(): void {
    if (!this.canvas.clientWidth) return;
    const density = window.devicePixelRatio || 1;
    const { width, height, land, ink } = this.points;
    const wide = Math.round(this.canvas.clientWidth * density);
    const high = Math.round((wide * height) / width);
    if (this.canvas.width !== wide || this.canvas.height !== high) {
      this.canvas.width = wide;
      this.canvas.height = high;
    }
    const context = this.canvas.getContext("2d");
    if (!context) return;
    const scale = (wide / width) * this.view.scale;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, wide, high);
    context.setTransform(scale, 0, 0, scale, -this.view.x * scale, -this.view.y * scale);
    context.fillStyle = land;
    context.fill(this.outlines);
    if (this.layer === "load") this.ground(context);
    this.dots(context);
    context.strokeStyle = ink;
    context.lineWidth = 0.6 / Math.sqrt(this.view.scale);
    context.stroke(this.outlines);
  }

  /** Where people live, pale, behind the centres. */
  private ground(context: CanvasRenderingContext2D): void {
    const { x, y, r } = this.points.places;
    context.fillStyle = GROUND;
    for (let i = 0; i < x.length; i += 1) {
      context.beginPath();
      context.arc(x[i] ?? 0, y[i] ?? 0, r[i] ?? 1, 0, 2 * Math.PI);
      context.fill();
    }
  }

  private dots(context: CanvasRenderingContext2D): void {
    const [points, layer] = this.shown;
    const grow = this.layer === "load" ? Math.sqrt(this.view.scale) : 1;
    context.globalAlpha = this.layer === "load" ? 0.9 : 1;
    for (let i = 0; i < points.x.length; i += 1) {
      context.fillStyle = layer.colours[layer.class[i] ?? 0] ?? GROUND;
      context.beginPath();
      context.arc(points.x[i] ?? 0, points.y[i] ?? 0, (points.r[i] ?? 1) / grow, 0, 2 * Math.PI);
      context.fill();
      if (this.layer === "load") {
        context.strokeStyle = "#fff";
        context.lineWidth = 0.6 / this.view.scale;
        context.stroke();
      }
    }
    context.globalAlpha = 1;
  }

  /** Say what lies under the pointer. */
  private tell(event: PointerEvent): void {
    const box = this.canvas.getBoundingClientRect();
    const scale = this.fit * this.view.scale;
    const x = (event.clientX - box.left) / scale + this.view.x;
    const y = (event.clientY - box.top) / scale + this.view.y;
    const [points, layer] = this.shown;
    let nearest = -1;
    let least = (12 / scale) ** 2;
    for (let i = 0; i < points.x.length; i += 1) {
      const apart = ((points.x[i] ?? 0) - x) ** 2 + ((points.y[i] ?? 0) - y) ** 2;
      if (apart < least) [nearest, least] = [i, apart];
    }
    this.told.textContent = nearest < 0 ? "" : `${points.name[nearest]} : ${layer.text[nearest]}`;
  }
}

function action(text: string, act: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", act);
  return button;
}
