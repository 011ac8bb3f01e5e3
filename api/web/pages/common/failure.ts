/** What went wrong, said where it went wrong. */
import { Refused, Unanswered } from "../../protocol/citizen.ts";
import { el } from "./el.ts";
import { ProblemError } from "./http.ts";
import { t } from "./language.ts";
import { notice } from "./page.ts";
import { problemText } from "./problems.ts";
import { refusalText } from "./refusals.ts";

/** What went wrong, in words; nothing goes to the console. */
export function failure(error: unknown): HTMLElement {
  return notice("error", el("p", {}, failureText(error)));
}

export function failureText(error: unknown): string {
  if (error instanceof ProblemError) return problemText(error);
  if (error instanceof Refused) return refusalText(error);
  if (error instanceof Unanswered) {
    return error.status === 429
      ? t("Trop de demandes depuis votre connexion aujourd’hui. Essayez demain, ou par téléphone.",
        "Too many requests from your connection today. Try tomorrow, or by telephone.")
      : t("Le service de clés ne répond pas. Votre créneau reste retenu : réessayez.",
        "The key service does not answer. Your place is still held: try again.");
  }
  return t("Quelque chose n’a pas marché dans cette page. Réessayez.",
    "Something went wrong in this page. Try again.");
}
