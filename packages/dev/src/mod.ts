/** What the repository's tests and tools share. */
export { findChromium } from "./chromium.ts";
export { ignoreDriverFaults } from "./driver_faults.ts";
export { ensureChromium } from "./install_chromium.ts";
