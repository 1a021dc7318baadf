// @ts-check
// Shown unseen inside the page, from a port at which Studio listened earlier: what a browser keeps is kept by port, and what a page could
// not send there is sent from there. Conflicts wait in the journal for the page itself.

import { collect } from "./leftover_edits.js";

await collect();
document.documentElement.dataset.ready = "true";
