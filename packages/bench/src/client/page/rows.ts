/** Rows of about 600 bytes, as the tables on the stack have them. */
export interface Row {
  id: string;
  title: string;
  notes: string;
  weight: number;
  position: number;
  done_at: string;
}

export function rows(count: number): Row[] {
  return Array.from({ length: count }, (_, position) => ({
    id: crypto.randomUUID(),
    title: `set ${position}`,
    notes: crypto.randomUUID().repeat(12),
    weight: position % 150,
    position,
    done_at: "2026-11-24T10:00:00.000Z",
  }));
}

/** The same rows with one column changed, as an app overwrites them. */
export const changed = (rows: readonly Row[]): Row[] =>
  rows.map((row) => ({ ...row, position: row.position + 1 }));
