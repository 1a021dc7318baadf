// Writes studio/editor/static/prosemirror.js, its licences and its types. With a folder as an argument, it writes them there.

import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(here, "..", "studio", "editor", "static");
const lock = JSON.parse(readFileSync(join(here, "package-lock.json"), "utf8"));

const inside = (name) => join(here, "node_modules", name);
// Everything that is not only a tool of the build is in the file.
const names = Object.entries(lock.packages)
  .filter(([path, { dev }]) => path && !dev)
  .map(([path]) => path.replace("node_modules/", ""))
  .toSorted();
const versions = names.map((name) => `${name} ${lock.packages[`node_modules/${name}`].version}`);

buildSync({
  absWorkingDir: here,
  entryPoints: ["prosemirror.js"],
  outfile: join(target, "prosemirror.js"),
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  banner: { js: `// ${versions.join(", ")}: MIT, see prosemirror.LICENSE.txt. Written by \`make bundle\`.` },
});
// What it exports has the types of the packages.
copyFileSync(join(here, "prosemirror.js"), join(target, "prosemirror.d.ts"));
const texts = names.map((name, at) => `${versions[at]}\n\n${readFileSync(join(inside(name), "LICENSE"), "utf8").trim()}\n`);
writeFileSync(join(target, "prosemirror.LICENSE.txt"), texts.join(`\n${"-".repeat(72)}\n\n`));
