// @ts-check
// Sentences with values. The scripts contain them in English, as `_("…")`: the server replaces them by those of the page's language.

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
