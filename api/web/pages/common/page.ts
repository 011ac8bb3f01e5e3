/** What every page has: its head and foot, and one view at a time. */
import { byId, type Child, el } from "./el.ts";
import { language, t } from "./language.ts";

/** Head and foot; `links` are other pages, by address. */
export function frame(name: string, links: readonly (readonly [string, string])[]): void {
  document.documentElement.lang = language;
  const other = language === "fr" ? "en" : "fr";
  const there = el("a", { href: `?lang=${other}${location.hash}`, lang: other, hreflang: other },
    other === "en" ? "English" : "Français");
  byId("haut").replaceChildren(
    el("a", { class: "brand", href: withLanguage("/") }, "Créneau"),
    el("span", { class: "where" }, name),
    there,
  );
  byId("bas").replaceChildren(
    el("p", {}, t(
      "Votre identité est chiffrée sur votre appareil : seul le centre peut la lire.",
      "Your identity is encrypted on your device: only the centre can read it.",
    )),
    el("ul", {}, ...links.map(([address, label]) =>
      el("li", {}, el("a", { href: withLanguage(address) }, label)))),
  );
}

/** Another page in the language of this one. */
export function withLanguage(address: string): string {
  return language === "fr" ? address : `${address}?lang=en`;
}

/** Replace what is shown; the heading takes the focus, so that a reader hears where they are. */
export function show(title: string, ...children: readonly Child[]): void {
  const heading = el("h1", { tabindex: "-1" }, title);
  document.title = `${title} – Créneau`;
  byId("contenu").replaceChildren(heading, ...children.filter((child) => child !== null));
  heading.focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

/** A box for what must be heard at once. */
export function notice(kind: "info" | "good" | "warning" | "error", ...children: Child[]): HTMLElement {
  return el("div", { class: `notice ${kind}`, role: kind === "error" ? "alert" : "status" },
    ...children);
}
