/**
 * The one way in which the protocol says no: a key, a seal, a proof or a form does not hold.
 * The message names the rule and never repeats what was given: it may be shown.
 */
export class Refused extends Error {
  override readonly name = "Refused";
}
