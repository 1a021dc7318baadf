// @ts-check
// Requests to the server, and its answers.

/** @import { Told } from "./types.js" */

// The time after which a request is repeated, because the computer slept or the server hangs. Each request has a name and is done once.
const ANSWER_MS = 8000;

/** The server has refused a request: `detail` gives the reason, with both versions of a conflict. */
export class RefusedError extends Error {
  /**
   * @param {number} status
   * @param {Partial<Told> & Record<string, any>} detail
   */
  constructor(status, detail) {
    super(detail.what);
    this.status = status;
    this.detail = detail;
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<any>} what it answers
 */
export const ask = async (path, options) => {
  const limit = new AbortController();
  const waiting = setTimeout(() => limit.abort(), ANSWER_MS);
  try {
    const answer = await fetch(`api/${path}`, { signal: limit.signal, ...options });
    const content = await answer.json();
    if (answer.ok) return content;
    throw new RefusedError(answer.status, { what: answer.statusText, ...content });
  } finally {
    clearTimeout(waiting);
  }
};

/** @type {(path: string) => Promise<any>} */
export const read = (path) => ask(path, { signal: null });

/**
 * A request that is not an edit of this episode: sent once; returns the answer.
 * @type {(path: string, value: unknown) => Promise<any>}
 */
export const write = (path, value) => ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value), signal: null });

/**
 * Report that the page is left, without waiting: the browser sends it while the page unloads.
 * @type {(client: string) => void}
 */
export const reportLeaving = (client) => {
  fetch("api/left", { method: "POST", keepalive: true, headers: { "Content-Type": "application/json" }, body: JSON.stringify({ client }) }).catch(() => {});
};
