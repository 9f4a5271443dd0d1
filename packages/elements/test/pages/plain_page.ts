import "@fitos/elements";
import "@fitos/elements/sync-errors.js";
import { decisions, first, labels, second } from "./shared.ts";

const provider = document.querySelector("sync-provider")!;
provider.sync = first;
const errors = document.querySelector("sync-errors")!;
errors.labels = labels;
errors.addEventListener("sync-decision", ({ detail }) => decisions.push(detail.decision));
document.querySelector("#switch")!.addEventListener("click", () => provider.sync = second);
