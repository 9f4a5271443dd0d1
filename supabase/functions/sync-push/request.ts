// From any JSON value to a push request, or to the refusal that names the field at fault.
import { LIMITS, PROTOCOL, type PushRequest, pushRequest, type Refusal } from "@fitos/protocol";
import { locales } from "zod/mini";
import { at, refuse, type Step } from "./refuse.ts";

/** Checks version, sizes and shape. Refusals: unsupported_protocol, too_large, bad_request. */
export function readRequest(value: unknown): PushRequest | Refusal {
  if (!isObject(value)) return refuse("bad_request", "the body must be a JSON object");
  if (Object.hasOwn(value, "protocol") && value.protocol !== PROTOCOL) {
    return refuse(
      "unsupported_protocol",
      `this server speaks protocol ${PROTOCOL}; update the app`,
      { field: "protocol" },
    );
  }
  const { mutations } = value;
  if (Array.isArray(mutations) && mutations.length > LIMITS.mutations) {
    return refuse("too_large", `over ${LIMITS.mutations} mutations; send them in several batches`, {
      field: "mutations",
    });
  }
  const parsed = pushRequest.safeParse(value, { error: describe });
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const unknown = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
    const message = unknown.length > 0
      ? "is no field of this protocol; leave it out"
      : issue.message;
    return refuse("bad_request", message, at([...issue.path as Step[], ...unknown]));
  }
  const large = parsed.data.mutations.findIndex((one) => bytesOf(one) > LIMITS.mutationBytes);
  if (large >= 0) {
    return refuse(
      "too_large",
      `one mutation is over ${LIMITS.mutationBytes} bytes; store what is large elsewhere`,
      at(["mutations", large]),
    );
  }
  return parsed.data;
}

/** zod/mini brings no texts of its own; handed in here rather than set for the whole process. */
const describe = locales.en().localeError;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const encoder = new TextEncoder();
const bytesOf = (value: unknown) => encoder.encode(JSON.stringify(value)).byteLength;
