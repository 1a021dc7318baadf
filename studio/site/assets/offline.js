// @ts-check
// Registers the worker that keeps pages for when there is no network. From a file on this disk there is none.

const worker = /** @type {HTMLElement | null} */ (document.querySelector("script[data-worker]"))?.dataset.worker;

if (worker && "serviceWorker" in navigator && location.protocol !== "file:") {
  const register = () => navigator.serviceWorker.register(worker).catch(() => {});
  if (document.readyState === "complete") register();
  else addEventListener("load", register);
}
