// The places people name when they look for a centre: every commune with its postal codes, cut by
// the first two digits of those, so that a page loads one small file and nothing typed is sent.
// Names, codes and postal codes are the package's (as of 2021), coordinates the built-in geography's.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const WEB = import.meta.dirname;
/** File of the package that names them. */
export const COMMUNES = join(WEB, "node_modules/@etalab/decoupage-administratif/data/communes.json");
const GEOGRAPHY = join(WEB, "../../scenarios/geography/communes.csv.gz");
const KINDS = new Set(["commune-actuelle", "arrondissement-municipal"]);
const DIGITS = 2;
const DECIMALS = 3; // a hundred metres

/** Files of the index by name: lists of [name, département, latitude, longitude, postal codes]. */
export async function placeFiles() {
  const where = await coordinates();
  const files = new Map();
  for (const commune of JSON.parse(await readFile(COMMUNES, "utf8"))) {
    const found = where.get(commune.code);
    if (!KINDS.has(commune.type) || found === undefined) continue;
    const codes = commune.codesPostaux ?? [];
    for (const digits of new Set(codes.map((code) => code.slice(0, DIGITS)))) {
      const here = codes.filter((code) => code.startsWith(digits));
      const file = `places/${digits}.json`;
      if (!files.has(file)) files.set(file, []);
      files.get(file).push([commune.nom, found.department, found.lat, found.lon, here]);
    }
  }
  const inOrder = ([one], [other]) => (one < other ? -1 : 1);
  return new Map([...files].sort(inOrder).map(([file, places]) => [file, asJson(places)]));
}

const asJson = (places) => Buffer.from(`[\n${places.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`);

/** Département and degrees by code of the commune. */
async function coordinates() {
  const table = gunzipSync(await readFile(GEOGRAPHY)).toString("utf8");
  const [head, ...lines] = table.trimEnd().split(/\r?\n/);
  const at = (name) => head.split(",").indexOf(name);
  const [code, department, lat, lon] = ["code", "department", "lat", "lon"].map(at);
  return new Map(
    lines.map((line) => {
      const cells = fields(line);
      const degrees = (i) => Number(Number(cells[i]).toFixed(DECIMALS));
      return [cells[code], { department: cells[department], lat: degrees(lat), lon: degrees(lon) }];
    }),
  );
}

/** Cells of a line of CSV; a comma may stand between quotation marks. */
function fields(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain,
  );
}
