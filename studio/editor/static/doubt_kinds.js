// @ts-check
// What kinds of doubts there are, in French and English.

/** @import { Both } from "./types.js" */

/** @type {Record<string, Both>} */
export const KINDS = {
  remark: ["Remarque sur le bon à tirer", "Remark on the proof"],
  conflict: ["Deux versions : la vôtre et la nouvelle", "Two versions: yours and the new one"],
  hallucination: ["Hallucination ?", "Hallucination?"],
  name: ["Un nom de l’article ?", "A name of the article?"],
  number: ["Un nombre", "A number"],
  negation: ["Une négation", "A negation"],
  correction: ["Correction de la machine", "The machine’s correction"],
  missing: ["Il manque des mots ?", "Words missing?"],
  wording: ["L’article dit autrement", "The article has other words"],
  unknown: ["Mot inconnu", "Unknown word"],
  grammar: ["Mots mal assemblés", "Words that do not go together"],
  unsure: ["Mal entendu ?", "Heard badly?"],
  voice: ["Qui parle ?", "Who speaks?"],
  absent: ["Question pas trouvée", "Question not found"],
  uncertain: ["Question à vérifier", "Question to check"],
  unheard: ["Imprimé, pas entendu", "Printed, not heard"],
  quote: ["Citation pas trouvée", "Quote not found"],
};
