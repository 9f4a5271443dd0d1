// JSON that means the same to JavaScript and to PostgreSQL, or is refused.
import { LIMITS, type Refusal } from "@fitos/protocol";
import { at, refuse, type Step } from "./refuse.ts";

/**
 * Parses JSON, refusing (bad_request, with the field's path) what one of the two sides would lose
 * or choke on: deep nesting, numbers a double can't hold or `numeric` would swell, NUL and lone
 * surrogates, which `jsonb` has not. Of a name given twice the last counts, as in `jsonb`; pass on
 * what was parsed, never the text.
 */
export function parseJson(text: string): { value: unknown } | Refusal {
  if (text.trim() === "") return refuse("bad_request", "the body is empty; send a JSON object");
  const fault = firstFault(text);
  if (fault) return refuse("bad_request", fault.message, at(fault.path));
  try {
    return { value: JSON.parse(text) };
  } catch {
    // The parser's own message quotes the text, and so a row's values.
    return refuse("bad_request", `${NOT_JSON}; NaN, Infinity and comments do not exist in it`);
  }
}

const NOT_JSON = "the body is not valid JSON";
const { depth, numberDigits } = LIMITS;

type Fault = { message: string; path: Step[] };

/**
 * One pass over the tokens, before parsing: nesting has to be known before anything recurses, and
 * digits are gone afterwards. What is not JSON at all is left to the parser.
 */
function firstFault(text: string): Fault | undefined {
  const path: Step[] = [];
  let position = 0;
  while (position < text.length) {
    const character = text[position]!;
    let token = character;
    let message: string | undefined;
    if (character === "{" || character === "[") {
      if (path.length === depth) message = `nests deeper than ${depth}; send a flatter value`;
      else path.push(character === "{" ? null : 0);
    } else if (character === "}" || character === "]") {
      path.pop();
    } else if (character === ",") {
      const step = path.at(-1);
      if (typeof step === "number") path[path.length - 1] = step + 1;
    } else if (character === '"') {
      token = text.slice(position, closingQuote(text, position) + 1);
      const string = unquote(token);
      if (isName(text, position + token.length) && path.length > 0) {
        path[path.length - 1] = string ?? null;
      }
      message = string === undefined ? NOT_JSON : stringFault(string);
    } else if (character === "-" || (character >= "0" && character <= "9")) {
      token = match(NUMBER, text, position) ?? character;
      message = numberFault(token);
    }
    if (message) return { message, path };
    position += token.length;
  }
}

const NUMBER = /-?[0-9][0-9.eE+-]*/y;
const COLON = /[ \t\r\n]*:/y;

function match(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}

const isName = (text: string, end: number) => match(COLON, text, end) !== undefined;

/** By indexOf: a regular expression over a string of megabytes would exhaust its own stack. */
function closingQuote(text: string, opening: number): number {
  for (let end = text.indexOf('"', opening + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === "\\") backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** undefined for an unfinished string or an unknown escape. */
function unquote(token: string): string | undefined {
  if (!token.includes("\\")) return token.slice(1, -1);
  try {
    return JSON.parse(token);
  } catch {
    return undefined;
  }
}

function stringFault(string: string): string | undefined {
  if (string.includes("\0")) {
    return "holds the character \\u0000, which PostgreSQL can't store; leave it out";
  }
  if (!string.isWellFormed()) {
    return "holds half of a surrogate pair, which is no character; send whole characters";
  }
}

/** 17 significant digits tell any two doubles apart; more are digits a double drops. */
const DOUBLE_DIGITS = 17;

function numberFault(written: string): string | undefined {
  if (written.length > numberDigits || digitsInFull(written) > numberDigits) {
    return `is a number of more than ${numberDigits} digits; send it as a string`;
  }
  const value = Number(written);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return "is an integer beyond 2^53, which loses digits as a JSON number; send it as a string";
  }
  if (significantDigits(written) > DOUBLE_DIGITS) {
    return "has more digits than a JSON number keeps; send it as a string";
  }
}

/** Digits of a number written out, as `numeric` writes it: 131,072 for 1e131071. */
function digitsInFull(written: string): number {
  const [, whole = "", fraction = "", exponent = "0"] =
    /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(written) ?? [];
  const shift = Number(exponent);
  return Math.max(1, whole.length + shift) + Math.max(0, fraction.length - shift);
}

function significantDigits(written: string): number {
  const mantissa = written.replace(/[eE].*$/, "").replace(/[-.]/g, "");
  return mantissa.replace(/^0+/, "").replace(/0+$/, "").length;
}
