// @ts-check
// Registers the worker that keeps pages for offline use. A page opened from a file has no worker.

const worker = /** @type {HTMLElement | null} */ (document.querySelector("script[data-worker]"))?.dataset.worker;

if (worker && "serviceWorker" in navigator && location.protocol !== "file:") {
  const register = () => navigator.serviceWorker.register(worker).catch(() => {});
  if (document.readyState === "complete") register();
  else addEventListener("load", register);
}
