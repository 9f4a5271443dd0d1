// Refusals as values: every step of a push answers what it made, or one of these.
import type { Refusal, RefusalCode } from "@fitos/protocol";

/** A refused request. `message` says what is wrong and what to do, and never holds values of rows. */
export function refuse(
  code: RefusalCode,
  message: string,
  more: Pick<Refusal["error"], "field" | "retry_after"> = {},
): Refusal {
  return { error: { code, message, ...more } };
}

export function isRefusal(answer: object): answer is Refusal {
  return "error" in answer;
}

/** One step into a request: a name, an index, or null in an object whose name has not come yet. */
export type Step = string | number | null;

/** `field` for a refusal: `mutations[3].clock`. Nothing for the request as a whole. */
export function at(path: readonly Step[]): { field?: string } {
  const field = path.map(written).join("").replace(/^\./, "");
  // Names come from the client and may be as long as the body: enough is shown to find the place.
  return field === "" ? {} : { field: field.slice(0, 200) };
}

function written(step: Step): string {
  if (step === null) return "";
  if (typeof step === "number") return `[${step}]`;
  return /^[\w$]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}
