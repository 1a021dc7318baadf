// @ts-check
// The kinds of doubts.

/** @type {Record<string, string>} */
export const KINDS = {
  remark: _("Remark on the proof"),
  conflict: _("Two versions: yours and the new one"),
  hallucination: _("Hallucination?"),
  name: _("A name of the article?"),
  number: _("A number"),
  negation: _("A negation"),
  correction: _("The machine’s correction"),
  missing: _("Words missing?"),
  wording: _("The article has other words"),
  unknown: _("Unknown word"),
  grammar: _("Words that do not go together"),
  unsure: _("Misheard?"),
  voice: _("Who speaks?"),
  absent: _("Question not found"),
  uncertain: _("Question to check"),
  unheard: _("Printed, not spoken"),
  quote: _("Quote not found"),
  chosen: _("Selected words"),
};
