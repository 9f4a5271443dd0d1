/** A form's fields as values of a row: text, numbers, check boxes, choices; boxes of one name are a list. */

export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Fields with a name; buttons and files hold nothing of a row. */
export function isField(target: unknown): target is Field {
  const field = target as Partial<Field> | null;
  return typeof field?.name === "string" && field.name !== "" && "value" in field &&
    !["button", "submit", "reset", "image", "file"].includes(field.type ?? "");
}

/** The field's value in the type the row has it in: an empty field is null where the row had null or a number. */
export function readField(field: Field, like: unknown): unknown {
  if (field.type === "checkbox") {
    return Array.isArray(like) ? checkedValues(field) : (field as HTMLInputElement).checked;
  }
  if (field.type === "radio") return radio(field)?.value ?? null;
  const { value } = field;
  if (field.type === "number" || field.type === "range" || typeof like === "number") {
    return value.trim() === "" ? null : Number(value);
  }
  return value === "" && (like === null || like === undefined) ? null : value;
}

export function writeField(field: Field, value: unknown): void {
  if (field.type === "checkbox") {
    (field as HTMLInputElement).checked = Array.isArray(value)
      ? value.includes(field.value)
      : value === true;
  } else if (field.type === "radio") {
    (field as HTMLInputElement).checked = field.value === String(value ?? "");
  } else field.value = value === null || value === undefined ? "" : String(value);
}

/** Of the boxes with one name, whose row holds a list. */
function checkedValues({ form, name }: Field): string[] {
  return [...form?.elements ?? []].flatMap((other) => {
    const { name: of, type, checked, value } = other as HTMLInputElement;
    return of === name && type === "checkbox" && checked ? [value] : [];
  });
}

function radio({ form, name }: Field): HTMLInputElement | undefined {
  return [...form?.elements ?? []].find((other): other is HTMLInputElement =>
    (other as HTMLInputElement).type === "radio" && (other as HTMLInputElement).name === name &&
    (other as HTMLInputElement).checked
  );
}
