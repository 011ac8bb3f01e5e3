// Bundles the pages' code: the same sources and lock give the same bytes, wherever they lie.
// Writes dist/: the bundles, named by their content, manifest.json with what a page and a watcher
// need to know of each, and the licences of what was bundled.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { build } from "esbuild";

import { framed, PAGES } from "./pages/pages.mjs";
import { COMMUNES, placeFiles } from "./places.mjs";

const ENTRIES = [
  "protocol/citizen.ts", "protocol/staff.ts", "pages/accueil.ts", "pages/rendez-vous.ts",
  "pages/centre.ts", "pages/telephone.ts", "pages/pages.css", "planner/planner.ts", "planner/planner.css",
];
const PICTURES = ["pages/icon.svg"];
const WEB = import.meta.dirname;
const DIST = join(WEB, "dist");
const LICENCES = "licences.txt";
const NAME_DIGITS = 12;

const digest = (algorithm, bytes, form) => createHash(algorithm).update(bytes).digest(form);

async function bundle() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: WEB,
    entryPoints: ENTRIES,
    outdir: "dist",
    outbase: ".",
    entryNames: "[name]",
    bundle: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    minify: true,
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const built = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  const bytes = new Map();
  const entries = new Map();
  const keep = (entry, file, contents) => {
    const sha256 = digest("sha256", contents, "hex");
    const integrity = `sha384-${digest("sha384", contents, "base64")}`;
    bytes.set(file, contents);
    entries.set(entry, { file, bytes: contents.length, sha256, integrity });
  };
  const add = (entry, name, contents) => {
    const sha256 = digest("sha256", contents, "hex");
    // The bundler's own hash knows of paths; this one is of the content alone.
    const file = name.replace(/\.(?!html)(\w+)$/, `-${sha256.slice(0, NAME_DIGITS)}.$1`);
    keep(entry, file, contents);
  };
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
    add(entryPoint, basename(path), built.get(basename(path)));
  }
  // Pages ask for places by two characters, so these keep a name that can be known beforehand.
  for (const [path, places] of await placeFiles()) keep(path, path.replace("/", "-"), places);
  for (const path of PICTURES) add(path, basename(path), await readFile(join(WEB, path)));
  const frame = await readFile(join(WEB, "pages/page.html"), "utf8");
  for (const name of Object.keys(PAGES)) {
    add(`pages/${name}.html`, `${name}.html`, Buffer.from(withFiles(framed(frame, name), entries)));
  }
  bytes.set(LICENCES, Buffer.from(await licences([...Object.keys(metafile.inputs), COMMUNES])));
  bytes.set("manifest.json", Buffer.from(manifest([...entries])));
  return bytes;
}

/** A page with its files in place of `{{entry}}`, each with the checksum a browser demands. */
function withFiles(html, entries) {
  return html.replaceAll(/"\{\{([^}]+)\}\}"/g, (_, entry) => {
    const found = entries.get(entry);
    if (found === undefined) throw new Error(`a page names ${entry}, which is not built`);
    return `"/assets/${found.file}" integrity="${found.integrity}"`;
  });
}

function manifest(entries) {
  const sorted = Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
  return `${JSON.stringify({ format: "creneau-bundle/1", entries: sorted }, null, 2)}\n`;
}

async function licences(inputs) {
  const packages = new Set(
    inputs.flatMap((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1] ?? []),
  );
  const texts = [...packages].sort().map(async (name) => {
    const folder = join(WEB, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one));
    const text = file ? await readFile(join(folder, file), "utf8") : "";
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${"-".repeat(80)}\n\n`);
}

async function replaceDist(files) {
  const fresh = `${DIST}.${process.pid}`;
  const old = `${fresh}.old`;
  await mkdir(fresh, { recursive: true });
  await Promise.all([...files].map(([name, bytes]) => writeFile(join(fresh, name), bytes)));
  if (existsSync(DIST)) await rename(DIST, old);
  await rename(fresh, DIST);
  await rm(old, { recursive: true, force: true });
}

await replaceDist(await bundle());
