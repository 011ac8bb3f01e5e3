// The places people name when they look for a centre: every commune, cut by the first two digits of
// its postal codes and by the first two letters of its name, so that a page loads one small file and
// tells no more than those. Postal codes are the package's (as of 2021), all else the built-in
// geography's. The largest communes come first in each file by name.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { folded } from "./pages/booking/places.ts";

const WEB = import.meta.dirname;
/** File of the package that names them. */
export const COMMUNES = join(WEB, "node_modules/@etalab/decoupage-administratif/data/communes.json");
const GEOGRAPHY = join(WEB, "../../scenarios/geography/communes.csv.gz");
const KINDS = new Set(["commune-actuelle", "arrondissement-municipal"]);
const CUT = 2;
const HUNDRED_METRES = 3; // decimals of a degree
const KILOMETRE = 2;

/** Files of the index by name: lists of [name, département, latitude, longitude], by digits with [postal codes]. */
export async function placeFiles() {
  const communes = await geography();
  const files = [...byDigits(communes, JSON.parse(await readFile(COMMUNES, "utf8"))), ...byName(communes)];
  const inOrder = ([one], [other]) => (one < other ? -1 : 1);
  return new Map(files.sort(inOrder).map(([cut, places]) => [`places/${cut}.json`, asJson(places)]));
}

function byDigits(communes, named) {
  const where = new Map(communes.map((commune) => [commune.code, commune]));
  const cuts = new Map();
  for (const { code, type, nom, codesPostaux = [] } of named) {
    const found = where.get(code);
    if (!KINDS.has(type) || found === undefined) continue;
    for (const digits of new Set(codesPostaux.map((postal) => postal.slice(0, CUT)))) {
      const here = codesPostaux.filter((postal) => postal.startsWith(digits));
      put(cuts, digits, [nom, found.department, ...degrees(found, HUNDRED_METRES), here]);
    }
  }
  return cuts;
}

function byName(communes) {
  const cuts = new Map();
  const largest = [...communes].sort((one, other) => other.population - one.population || (one.name < other.name ? -1 : 1));
  for (const commune of largest) {
    const row = [commune.name, commune.department, ...degrees(commune, KILOMETRE)];
    put(cuts, folded(commune.name).slice(0, CUT), row);
  }
  return cuts;
}

function put(cuts, cut, row) {
  if (!cuts.has(cut)) cuts.set(cut, []);
  cuts.get(cut).push(row);
}

const degrees = ({ lat, lon }, decimals) => [lat, lon].map((degree) => Number(degree.toFixed(decimals)));

const asJson = (places) => Buffer.from(`[\n${places.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`);

/** Communes of the built-in geography. */
async function geography() {
  const table = gunzipSync(await readFile(GEOGRAPHY)).toString("utf8");
  const [head, ...lines] = table.trimEnd().split(/\r?\n/);
  const columns = head.split(",");
  return lines.map((line) => {
    const cells = fields(line);
    const of = (name) => cells[columns.indexOf(name)];
    return {
      code: of("code"), name: of("name"), department: of("department"),
      population: Number(of("population")), lat: Number(of("lat")), lon: Number(of("lon")),
    };
  });
}

/** Cells of a line of CSV; a comma may stand between quotation marks. */
function fields(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain,
  );
}
