/** Fields with their labels, hints and errors tied together. */
import { type Attributes, type Child, el } from "./el.ts";
import { t } from "./language.ts";

export interface Field {
  readonly box: HTMLElement;
  readonly input: HTMLInputElement;
}

/** A text field with its label; the hint and the error are read with it. */
export function field(
  id: string,
  label: string,
  attributes: Attributes = {},
  hint = "",
): Field {
  const described = [hint ? `${id}-aide` : "", `${id}-erreur`].filter(Boolean).join(" ");
  const input = el("input", {
    id, type: "text", autocomplete: "off", spellcheck: "false", "aria-describedby": described,
    ...attributes,
  });
  const box = el("div", { class: "field" },
    el("label", { for: id }, label),
    hint ? el("p", { class: "hint", id: `${id}-aide` }, hint) : null,
    input,
    el("p", { class: "wrong", id: `${id}-erreur` }),
  );
  return { box, input };
}

/** Say what is wrong with a field, or that nothing is any more. */
export function setError(input: HTMLInputElement, message: string): void {
  const place = document.getElementById(`${input.id}-erreur`);
  if (place !== null) place.textContent = message;
  if (message) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

/** Check needed fields; the first that is empty takes the focus. */
export function allFilled(inputs: readonly HTMLInputElement[]): boolean {
  const empty = inputs.filter((input) => input.value.trim() === "");
  for (const input of inputs) {
    setError(input, empty.includes(input) ? t("À remplir.", "Please fill in.") : "");
  }
  empty[0]?.focus();
  return empty.length === 0;
}

export function choice(
  id: string,
  label: string,
  options: readonly (readonly [string, string])[],
  chosen = "",
): { box: HTMLElement; select: HTMLSelectElement } {
  const select = el("select", { id },
    ...options.map(([value, text]) => el("option", { value, selected: value === chosen }, text)));
  return { box: el("div", { class: "field" }, el("label", { for: id }, label), select), select };
}

/** A form that is handled here: it never leaves the page. */
export function form(act: () => void | Promise<void>, ...children: Child[]): HTMLFormElement {
  return el("form", {
    novalidate: true,
    onsubmit: (event) => {
      event.preventDefault();
      void act();
    },
  }, ...children);
}
