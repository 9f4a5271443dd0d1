/** Which mutation stands for a write that was folded into another one while it waited (src/folding.ts). */
import type { Mutation } from "@fitos/protocol";
import type { Written } from "./ledger.ts";

export class Foldings {
  /** The write whose clock a mutation bears, by each write that it stands for. */
  readonly #bearers = new Map<Written, Written>();
  /** The write whose values it carries, by its bearer. */
  readonly #carried = new Map<Written, Written>();

  /** The writes of rows that were inserted before, or by them. */
  readonly #inserted = new Set<Written>();

  /** `chains`: the writes of a row on a device, in their order. */
  constructor(chains: Iterable<Written[]>, sentAs: (written: Written) => Mutation | undefined) {
    for (const chain of chains) {
      const first = chain.findIndex(({ op }) => op === "insert");
      if (first >= 0) { for (const written of chain.slice(first)) this.#inserted.add(written); }
      for (const [i, bearer] of chain.entries()) {
        const mutation = sentAs(bearer);
        if (!mutation) continue;
        this.#bearers.set(bearer, bearer);
        // Edits after an insert became part of it, edits before another one, or before a delete, gave way.
        if (mutation.op === "insert" && bearer.op === "insert") {
          this.#after(chain, i, mutation, sentAs);
        } else this.#before(chain, i, mutation, sentAs);
      }
    }
  }

  bearerOf(written: Written): Written | undefined {
    return this.#bearers.get(written);
  }

  /** As the mutation that bears its clock should be. */
  sent(bearer: Written, { op }: Mutation): Written {
    const { values } = this.#carried.get(bearer) ?? bearer;
    if (op !== "insert" || !this.#inserted.has(bearer)) return bearer;
    return { ...bearer, op, values, changed: Object.keys(values) };
  }

  #after(chain: Written[], at: number, mutation: Mutation, sentAs: (w: Written) => unknown): void {
    const bearer = chain[at]!;
    for (const edit of chain.slice(at + 1)) {
      if (edit.op !== "update" || sentAs(edit)) return;
      this.#bearers.set(edit, bearer);
      if (carriesAll(mutation, edit)) this.#carried.set(bearer, edit);
    }
  }

  #before(chain: Written[], at: number, mutation: Mutation, sentAs: (w: Written) => unknown): void {
    const bearer = chain[at]!;
    for (const earlier of chain.slice(0, at).reverse()) {
      if (sentAs(earlier) || earlier.op === "delete") return;
      if (earlier.op === "insert" && mutation.op !== "insert") return;
      this.#bearers.set(earlier, bearer);
      if (earlier.op === "insert") return;
    }
  }
}

const carriesAll = ({ values }: Mutation, written: Written): boolean =>
  Object.entries(written.values).every(([column, value]) => values?.[column] === value);
