// @ts-check
// The editor's name: asked once, kept in the browser, stored with every edit and note.

import { byId } from "./elements.js";

const KEPT = "studio:name";
const FIELDS = /** @type {const} */ (["author", "version-author"]);

export const authorNow = () => (localStorage.getItem(KEPT) ?? "").trim();

export const prepareAuthor = () => {
  const show = () => FIELDS.forEach((id) => (byId(id).value = localStorage.getItem(KEPT) ?? ""));
  for (const id of FIELDS) {
    byId(id).addEventListener("input", () => {
      localStorage.setItem(KEPT, byId(id).value);
      show();
    });
  }
  show();
};
