/** Numbers, times and plurals as a language writes them. */

/** The forms a language has for counts; `other` serves for those it leaves out. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

export class Locale {
  constructor(readonly lang: string) {}

  number(value: number, options?: Intl.NumberFormatOptions): string {
    return new Intl.NumberFormat(this.lang, options).format(value);
  }

  /** The form for a count, with `#` as the number. */
  count(value: number, forms: Forms): string {
    const form = forms[new Intl.PluralRules(this.lang).select(value)] ?? forms.other;
    return form.replace("#", this.number(value));
  }

  /** Each word in a direction of its own: a name may run the other way. */
  list(words: string[]): string {
    const isolated = words.map((word) => `\u2068${word}\u2069`);
    return new Intl.ListFormat(this.lang, { type: "conjunction" }).format(isolated);
  }

  dateTime(at: number): string {
    return new Intl.DateTimeFormat(this.lang, { dateStyle: "medium", timeStyle: "short" })
      .format(at);
  }

  time(at: number): string {
    return new Intl.DateTimeFormat(this.lang, { timeStyle: "medium" }).format(at);
  }

  /** `850 ms`, `3.2 sec`, `4 min`. */
  duration(ms: number): string {
    const [value, unit] = ms < 1000
      ? [Math.round(ms), "millisecond"]
      : ms < 60_000
      ? [ms / 1000, "second"]
      : ms < 5_400_000
      ? [Math.round(ms / 60_000), "minute"]
      : ms < 129_600_000
      ? [Math.round(ms / 3_600_000), "hour"]
      : [Math.round(ms / 86_400_000), "day"];
    return this.number(value, { style: "unit", unit, maximumFractionDigits: 1 });
  }

  bytes(value: number): string {
    const [scaled, unit] = value < 1000
      ? [value, "byte"]
      : value < 1e6
      ? [value / 1e3, "kilobyte"]
      : value < 1e9
      ? [value / 1e6, "megabyte"]
      : [value / 1e9, "gigabyte"];
    return this.number(scaled, { style: "unit", unit, maximumFractionDigits: 1 });
  }
}
