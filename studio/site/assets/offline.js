// Registers the worker that keeps pages for when there is no network. From a file on this disk there is none.
"use strict";

if ("serviceWorker" in navigator && location.protocol !== "file:") {
  const { worker } = document.currentScript.dataset;
  addEventListener("load", () => navigator.serviceWorker.register(worker).catch(() => {}));
}
