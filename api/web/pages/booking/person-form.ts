/** The form that says who comes: read here, sealed here, never sent in clear. */
import { identity, type Identity, type Kind, matricule, Refused } from "../../protocol/citizen.ts";
import { el } from "../common/el.ts";
import { allFilled, field, type Field, setError } from "../common/form.ts";
import { t } from "../common/language.ts";

export interface PersonForm {
  readonly box: HTMLElement;
  /** The identity, or null when a field is wrong; that field has the focus then. */
  readonly read: () => Identity | null;
}

export function personForm(kind: Kind, relative: boolean): PersonForm {
  const whose = (fr: string, en: string) => (relative
    ? t(`${fr} de la personne à vacciner`, `${en} of the person to be vaccinated`)
    : t(fr, en));
  const family = field("nom", whose("Nom de naissance", "Family name at birth"), { autocomplete: relative ? "off" : "family-name" });
  const given = field("prenom", whose("Prénom", "First name"), { autocomplete: relative ? "off" : "given-name" });
  const birth = field("naissance", whose("Date de naissance", "Date of birth"),
    { inputmode: "numeric", maxlength: 10, autocomplete: relative ? "off" : "bday" },
    t("Jour, mois, année. Exemple : 28/02/1950", "Day, month, year. Example: 28/02/1950"));
  const number = kind === "person"
    ? field("lieu", t("Commune de naissance", "Place of birth"), {}, t("Pour un pays étranger : le pays", "If abroad: the country"))
    : field("numero", numberLabel(kind), { inputmode: "text", maxlength: 25 },
      t("15 caractères, sur la carte Vitale. Pour un enfant : son propre numéro, sinon celui d’un parent.",
        "15 characters, on the carte Vitale. For a child: their own number, else a parent's."));
  const phone = field("telephone", t("Téléphone", "Telephone"), { type: "tel", autocomplete: "tel", inputmode: "tel" },
    t("Pour que le centre puisse vous prévenir. Lui seul le lira.", "So that the centre can reach you. Only the centre can read it."));
  const fields: readonly Field[] = [family, given, birth, number, phone];
  const box = el("div", {}, ...fields.map((one) => one.box));
  const read = () => {
    const inputs = fields.map((one) => one.input);
    if (!allFilled(inputs)) return null;
    const [familyName = "", givenName = "", birthDate = "", numberOrPlace = "", reach = ""] =
      inputs.map((input) => input.value);
    const day = isoDay(birthDate);
    if (day === null) return wrong(birth.input, t("Cette date n’existe pas. Exemple : 28/02/1950", "There is no such date. Example: 28/02/1950"));
    try {
      if (kind !== "person") matricule(kind, numberOrPlace);
    } catch {
      return wrong(number.input, t("Ce numéro n’est pas juste : vérifiez les 15 caractères.", "This number is not right: check the 15 characters."));
    }
    const rest = kind === "person" ? { birth_place: numberOrPlace } : { number: numberOrPlace };
    try {
      return identity({ family_name: familyName, given_name: givenName, birth_date: day, kind, phone: reach, ...rest });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return wrong(family.input, t("Écrivez les noms en lettres latines, comme sur la pièce d’identité.", "Write the names in Latin letters, as on the identity document."));
    }
  };
  return { box, read };
}

/** A date as people write it: 28/02/1950, 28.2.1950 or 28021950. */
export function isoDay(typed: string): string | null {
  const found = /^(\d{1,2})[\s/.-]?(\d{1,2})[\s/.-]?(\d{4})$/.exec(typed.trim());
  if (found === null) return null;
  const [day = "", month = "", year = ""] = found.slice(1);
  const iso = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const date = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) ? iso : null;
}

function numberLabel(kind: Kind): string {
  return kind === "nir"
    ? t("Numéro de sécurité sociale", "Social security number (NIR)")
    : t("Matricule INS", "Health identity number (INS)");
}

function wrong(input: HTMLInputElement, message: string): null {
  setError(input, message);
  input.focus();
  return null;
}
