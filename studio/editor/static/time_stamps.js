// @ts-check
// Times in their displayed and typed form.

/** @type {(ms: number) => string} */
export const stamp = (ms) => {
  const seconds = Math.floor(ms / 1000);
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${hours ? two(Math.floor(seconds / 60) % 60) : Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
};

/**
 * « 1:02,345 », as it can be typed.
 * @type {(ms: number) => string}
 */
export const exactStamp = (ms) => {
  const whole = Math.round(ms);
  return `${stamp(whole)},${String(whole % 1000).padStart(3, "0")}`;
};

const MOMENT = /^\s*(?:(\d+):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,3}))?\s*$/u;

/**
 * Parse a typed time, or null: seconds go up to 59, and so do minutes after hours.
 * @type {(typed: string) => number | null}
 */
export const msOf = (typed) => {
  const [, hours, minutes, seconds, thousandths = ""] = MOMENT.exec(typed) ?? [];
  if (seconds === undefined || Number(seconds) > 59 || (hours !== undefined && Number(minutes) > 59)) return null;
  return 1000 * (3600 * Number(hours ?? 0) + 60 * Number(minutes) + Number(seconds)) + Number(thousandths.padEnd(3, "0"));
};
