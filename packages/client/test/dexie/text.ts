/** Values and errors as text: two are the same exactly when their texts are. */

export function text(value: unknown): string {
  if (value === undefined) return "undefined";
  if (value instanceof Error) return errorText(value);
  if (Array.isArray(value)) {
    return `[${Array.from(value, text).join(", ")}]`;
  }
  if (typeof value !== "object" || value === null) {
    return Object.is(value, -0) ? "-0" : JSON.stringify(value) ?? String(value);
  }
  const kind = Object.getPrototypeOf(value) === Object.prototype ? "" : value.constructor?.name;
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${text(field)}`);
  return `${kind}{${fields.join(", ")}}`;
}

/** What Dexie documents of its errors; IndexedDB's own messages differ from call to call. */
export function errorText(error: Error): string {
  const { name, failures, failuresByPos, successCount, failedKeys, inner } = error as Error & {
    failures?: Error[];
    failuresByPos?: Record<number, Error>;
    successCount?: number;
    failedKeys?: unknown[];
    inner?: Error;
  };
  const message = failures || !inner ? ` ${error.message}` : ` of ${inner.name}`;
  const details = { failures, failuresByPos, successCount, failedKeys };
  const fromPlatform = error instanceof DOMException;
  return `${name}${fromPlatform ? "" : message}${failures ? ` ${text(details)}` : ""}`;
}
