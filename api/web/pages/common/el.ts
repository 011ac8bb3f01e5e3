/** Elements made one by one: text is only ever text, so nothing that was typed becomes markup. */
export type Child = Node | string | null;
type Handler = (event: Event) => void;
export type Attributes = Readonly<Record<string, string | number | boolean | Handler | null>>;

/** An element with attributes and children; `onclick` and its like are listeners. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    if (typeof value === "function") made.addEventListener(key.replace(/^on/, ""), value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A button that does something; while it does, it cannot be pressed twice. */
export function button(
  label: string,
  action: () => void | Promise<void>,
  attributes: Attributes = {},
): HTMLButtonElement {
  const made = el("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", async () => {
    if (made.getAttribute("aria-disabled") === "true") return;
    made.setAttribute("aria-disabled", "true");
    try {
      await action();
    } finally {
      made.removeAttribute("aria-disabled");
    }
  });
  return made;
}

export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
}
