// @ts-check
// Times in their displayed form.

/**
 * « 1:02 », or « 1:02:03 » from an hour on, rounded down.
 * @type {(seconds: number) => string}
 */
export const stampOf = (seconds) => {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
};
