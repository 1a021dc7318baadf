// What music-metadata reads in the sound file whose path is given: fields, chapters, tables of contents, and what it complains of.
import { readFileSync } from "node:fs";
import { parseFile } from "music-metadata";

const { common, format, native, quality } = await parseFile(readFileSync(0, "utf8").trim(), { includeChapters: true });
const contents = Object.values(native).flat().filter((tag) => tag.id === "CTOC");
const answer = {
  common: { ...common, picture: (common.picture ?? []).map(({ format: kind, type, data }) => ({ format: kind, type, bytes: data.length })) },
  chapters: (format.chapters ?? []).map(({ image, ...chapter }) => ({ ...chapter, image: image?.data.length ?? 0 })),
  contents: contents.map(({ value }) => ({ ...value.flags, children: value.childElementIds })),
  duration: format.duration,
  warnings: quality.warnings.map((warning) => warning.message),
};
process.stdout.write(JSON.stringify(answer));
