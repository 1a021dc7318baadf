// @ts-check
// Sentences with values. The sentences stand in the scripts in English, as `_("…")`: the server puts those of the page's language in their place.

const { lang } = document.documentElement;
const plural = new Intl.PluralRules(lang);

/** @type {(sentence: string, values: Record<string, unknown>) => string} */
export const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_whole, key) => String(values[key]));

/** @type {(one: string, many: string, count: number, values?: Record<string, unknown>) => string} */
export const counted = (one, many, count, values) => filled(plural.select(count) === "one" ? one : many, { count, ...values });

/**
 * With no more than one decimal.
 * @type {(value: number) => string}
 */
export const number = (value) => value.toLocaleString(lang, { maximumFractionDigits: 1 });

/** @type {(parts: unknown[]) => string} */
export const listed = (parts) => new Intl.ListFormat(lang).format(parts.map(String));

/** @type {(timeStyle: "short" | "medium") => Intl.DateTimeFormat} */
export const dates = (timeStyle) => new Intl.DateTimeFormat(lang, { dateStyle: "short", timeStyle });
