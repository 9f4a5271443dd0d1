/**
 * Keeps a form in step with a row without taking from a person what they are typing: a field that is focused, or
 * that they have changed, keeps their text; whatever else arrives is shown at once. Where something newer has
 * arrived for a field that was kept, `newer` says so, and `take` shows it.
 *
 *     readonly #form = new FormController(this, {
 *       form: () => this.renderRoot.querySelector("form"),
 *       row: () => this.#workout.value,
 *     });
 *
 * The fields are those of the form that have a `name`; the controller fills them in, so the template binds no
 * value. To save: `db.workouts.update(id, form.changes())`. Once the row comes with them, they are clean.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { type Field, isField, readField, writeField } from "./fields.ts";

export interface FormOptions<Row> {
  /** The form, once it is rendered. */
  form(): HTMLFormElement | null;
  /** The row as it is now; undefined while it is not known. Another row's `key` begins anew. */
  row(): Row | undefined;
  /** What tells one row from another; a form for a single row needs none. */
  key?(row: Row): unknown;
}

export class FormController<Row extends object> implements ReactiveController {
  #form: HTMLFormElement | null = null;
  #key: unknown;
  /** What each field's text began with: the row's value when it was last shown. */
  #base = new Map<string, unknown>();
  /** Fields a person has typed in. */
  #touched = new Set<string>();
  #seen = "";
  readonly #host: ReactiveControllerHost;
  readonly #options: FormOptions<Row>;

  constructor(host: ReactiveControllerHost, options: FormOptions<Row>) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** Whether a person has changed anything that the row does not have. */
  get isDirty(): boolean {
    return Object.keys(this.changes()).length > 0;
  }

  /** The changed fields with their values, in the types the row has them in. */
  changes(): Partial<Row> {
    const row = this.#options.row();
    const changed: Record<string, unknown> = {};
    for (const field of this.#fields()) {
      if (!this.#touched.has(field.name)) continue;
      const value = readField(field, this.#base.get(field.name));
      if (!isSame(value, row?.[field.name as keyof Row])) changed[field.name] = value;
    }
    return changed as Partial<Row>;
  }

  /** What has arrived for a field since its text was begun; undefined where nothing has. */
  newer<Name extends keyof Row & string>(name: Name): { value: Row[Name] } | undefined {
    const row = this.#options.row();
    const field = this.#fields().find((field) => field.name === name);
    // A field that is not kept shows it in this very update.
    if (!row || !field || !this.#base.has(name) || !this.#isKept(field)) return undefined;
    const value = row[name];
    if (isSame(value, this.#base.get(name))) return undefined;
    return isSame(value, readField(field, value)) ? undefined : { value };
  }

  /** Shows what has arrived, in place of what was typed. */
  take(name: keyof Row & string): void {
    this.#touched.delete(name);
    const row = this.#options.row();
    const fields = this.#fields().filter((field) => field.name === name);
    if (row) { for (const field of fields) this.#show(field, row); }
    this.#host.requestUpdate();
  }

  /** Keeps what was typed; `newer` says no more until something newer still arrives. */
  keep(name: keyof Row & string): void {
    this.#base.set(name, this.#options.row()?.[name]);
    this.#touched.add(name);
    this.#host.requestUpdate();
  }

  /** Gives up all that was typed. */
  reset(): void {
    this.#touched.clear();
    const row = this.#options.row();
    if (row) { for (const field of this.#fields()) this.#show(field, row); }
    this.#host.requestUpdate();
  }

  hostUpdated(): void {
    this.#listen(this.#options.form());
    const row = this.#options.row();
    if (!row) return;
    const key = this.#options.key?.(row);
    if (!Object.is(key, this.#key)) {
      this.#key = key;
      this.#touched.clear();
      this.#base.clear();
    }
    for (const field of this.#fields()) {
      const { name } = field;
      // What was typed has been saved, or somebody wrote the same.
      if (
        this.#touched.has(name) &&
        isSame(readField(field, row[name as keyof Row]), row[name as keyof Row])
      ) {
        this.#touched.delete(name);
        this.#base.set(name, row[name as keyof Row]);
      }
      if (!this.#base.has(name) || !this.#isKept(field)) this.#show(field, row);
    }
    // What `newer` answers depends on what is typed, which the host's template may show.
    const seen = JSON.stringify(
      this.#fields().map(({ name }) => this.newer(name as never) ?? null),
    );
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#listen(null);
  }

  #isKept(field: Field): boolean {
    return this.#touched.has(field.name) || field.matches(":focus");
  }

  #show(field: Field, row: Row): void {
    const value = row[field.name as keyof Row];
    this.#base.set(field.name, value);
    // Writing the same would move the caret.
    if (!isSame(readField(field, value), value)) writeField(field, value);
  }

  #fields(): Field[] {
    return this.#form ? [...this.#form.elements].filter(isField) : [];
  }

  #listen(form: HTMLFormElement | null): void {
    if (form === this.#form) return;
    for (const type of ["input", "change", "focusout"]) {
      // Capturing, so that a handler of the host's own already finds the change among `changes()`.
      this.#form?.removeEventListener(type, this.#onEvent, { capture: true });
      form?.addEventListener(type, this.#onEvent, { capture: true });
    }
    // Another form's fields are empty: what was typed into the former one is gone with it.
    this.#touched.clear();
    this.#base.clear();
    this.#form = form;
    this.#seen = "";
  }

  readonly #onEvent = ({ type, target }: Event) => {
    if (isField(target) && type !== "focusout") this.#touched.add(target.name);
    this.#host.requestUpdate();
  };
}

function isSame(one: unknown, other: unknown): boolean {
  return Object.is(one, other) || JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}
