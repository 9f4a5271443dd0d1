// The HTTP status of an SQL error as PostgREST answers it. lite knows most; the rest it would answer as 500
// with a code of its own, and a client could not tell what to try again.
import { RelationNotFoundError } from "@supabase/lite";

/**
 * Rewrites a driver error that lite has no answer for into the form it passes through untouched
 * (`raise sqlstate 'PGRST'`: message and detail as JSON). Everything else is returned as it came.
 */
export function asPostgrest(error: unknown): unknown {
  if (error instanceof RelationNotFoundError) {
    return printInOneLine(error, `rest: ${error.message}`);
  }
  if (!(error instanceof Error) || !("code" in error)) return error;
  const code = String(error.code);
  const { message } = error;
  printInOneLine(error, `rest: ${code} ${message}`);

  const status = statusOf(code);
  if (status === undefined) return error;
  const { detail = null, hint = null } = error as { detail?: string; hint?: string };
  const answer = isSqlState(code)
    ? { code, message, details: detail, hint }
    : { code: "PGRST001", message: "Database connection error", details: message, hint: null };
  return printInOneLine(
    Object.assign(new Error(JSON.stringify(answer)), {
      code: "PGRST",
      detail: JSON.stringify({ status, headers: {} }),
    }),
    `rest: ${code} ${message}`,
  );
}

/** undefined: lite's own answer is PostgREST's. */
function statusOf(code: string): number | undefined {
  if (!isSqlState(code)) return /^(ECONN|CONNECT|EPIPE)/.test(code) ? 503 : undefined;
  if (code === "P0001") return 400;
  if (code === "23503" || code === "23505") return 409;
  if (code === "25006" || code === "23502" || code.startsWith("PT")) return undefined;
  if (code === "57P01") return 503;
  const byClass: Record<string, number> = {
    "08": 503,
    "09": 500,
    "0L": 403,
    "0P": 403,
    "23": 400,
    "25": 500,
    "28": 403,
    "2D": 500,
    "38": 500,
    "39": 500,
    "3B": 500,
    "40": 500,
    "44": 400,
    "53": 503,
    "54": 500,
    "55": 500,
    "57": 500,
    "58": 500,
    "F0": 500,
    "HV": 500,
    "P0": 500,
    "XX": 500,
  };
  return byClass[code.slice(0, 2)];
}

const isSqlState = (code: string) =>
  /^[0-9A-Z]{5}$/.test(code) && code !== "PGRST" && code !== "EPIPE";

/** lite prints every error, an expected refusal too, with its stack. */
function printInOneLine(error: Error, line: string): Error {
  return Object.defineProperty(error, Symbol.for("Deno.customInspect"), { value: () => line });
}
