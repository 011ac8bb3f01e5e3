/** French first, English beside it: every text is written in both where it is used. */
export type Language = "fr" | "en";

export const language: Language =
  new URLSearchParams(location.search).get("lang") === "en" ? "en" : "fr";
const NO_BREAK = "\u00a0";
export const locale = language === "en" ? "en-GB" : "fr-FR";

/** The text in the page's language; in French no line begins with a colon. */
export function t(french: string, english: string): string {
  return language === "en" ? english : french.replace(/ (?=[:;!?»])|(?<=«) /g, NO_BREAK);
}

/** One, or many with their number. */
export function n(count: number, french: [string, string], english: [string, string]): string {
  const [one, many] = language === "en" ? english : french;
  const plural = language === "en" ? count !== 1 : count > 1;
  return `${new Intl.NumberFormat(locale).format(count)} ${plural ? many : one}`;
}
