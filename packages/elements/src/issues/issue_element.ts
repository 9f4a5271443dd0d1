import type { SyncIssue } from "@fitos/sync";
import type { CSSResultGroup, PropertyDeclarations, PropertyValues } from "lit";
import { LanguageController } from "../core/language_controller.ts";
import { panel } from "../core/panel_styles.ts";
import { SyncElement } from "../core/sync_element.ts";
import type { Labels } from "./describe_issue.ts";
import { issueList } from "./styles.ts";
import { english } from "./words.ts";

/** What a person decides about an issue. The event `sync-decision` tells it before it is done. */
export interface SyncDecision {
  readonly issue: SyncIssue;
  readonly decision: "retry" | "edit" | "restore" | "discard";
}

/** What the lists of issues have in common: decisions that may fail, and a focus that is not lost. */
export abstract class IssueElement extends SyncElement {
  static override properties: PropertyDeclarations = { labels: { attribute: false } };
  static override styles: CSSResultGroup = [SyncElement.styles, panel, issueList];

  /** The app's own names for tables and columns: `{ exercise_logs: "set", reps: "repetitions" }`. */
  declare labels: Labels | undefined;

  protected readonly language = new LanguageController(this, "issues", english);
  /** What stood in the way of a decision, by issue. */
  protected readonly failures = new Map<number, string>();
  #focused: { item: Element; index: number } | null = null;

  protected async decide(
    issue: SyncIssue,
    decision: SyncDecision["decision"],
    work: () => Promise<void> | undefined,
  ): Promise<void> {
    if (!this.tell<SyncDecision>("sync-decision", { issue, decision })) return;
    this.failures.delete(issue.id);
    try {
      await work();
    } catch (error) {
      this.failures.set(issue.id, error instanceof Error ? error.message : String(error));
    }
    this.requestUpdate();
  }

  override willUpdate(_: PropertyValues<this>) {
    if (!this.hasUpdated) return;
    const item = (this.renderRoot as ShadowRoot).activeElement?.closest("li");
    this.#focused = item ? { item, index: this.#items().indexOf(item) } : null;
  }

  /** Who has decided goes on with the next one; the browser would begin at the top of the page. */
  override updated(_: PropertyValues<this>) {
    if (!this.#focused || this.#focused.item.isConnected) return;
    const items = this.#items();
    const next = items[Math.min(this.#focused.index, items.length - 1)] ??
      this.renderRoot.querySelector<HTMLElement>("[part='none']");
    next?.focus();
  }

  #items() {
    return [...this.renderRoot.querySelectorAll<HTMLElement>("ul > li")];
  }
}

declare global {
  interface HTMLElementEventMap {
    "sync-decision": CustomEvent<SyncDecision>;
  }
}
