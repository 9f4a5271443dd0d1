/** The fields in which a refused write is edited: each of its value's own type. */
import { html } from "lit";
import type { NamedValue } from "../issues/describe_issue.ts";

/** Characters from which on a text gets several lines. */
const LONG = 60;

export function fieldFor({ column, name, value }: NamedValue) {
  if (typeof value === "boolean") {
    return html`
      <label class="field check">
        <input type="checkbox" name=${column} ?checked=${value}> <span>${name}</span>
      </label>
    `;
  }
  const isLong = typeof value === "object" || typeof value === "string" && value.length > LONG;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return html`
    <label class="field"><span>${name}</span>${isLong
      ? html`<textarea name=${column} dir="auto" .value=${text}></textarea>`
      : typeof value === "number"
      ? html`<input type="number" step="any" required name=${column} .value=${text}>`
      : html`<input name=${column} dir="auto" .value=${text}>`}</label>
  `;
}

/** The values that differ from what was written; null where one is not well-formed, which its field says. */
export function editedValues(
  form: HTMLFormElement,
  values: { readonly [column: string]: unknown },
  invalid: string,
): Record<string, unknown> | null {
  const edited: Record<string, unknown> = {};
  for (const field of form.elements) {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) continue;
    const before = values[field.name];
    let now: unknown = field.value;
    if (typeof before === "boolean") now = (field as HTMLInputElement).checked;
    else if (typeof before === "number") now = Number(field.value);
    else if (typeof before !== "string") {
      try {
        now = JSON.parse(field.value);
        field.setCustomValidity("");
      } catch {
        field.setCustomValidity(invalid);
        field.addEventListener("input", () => field.setCustomValidity(""), { once: true });
        form.reportValidity();
        return null;
      }
    }
    if (JSON.stringify(now) !== JSON.stringify(before)) edited[field.name] = now;
  }
  return edited;
}
