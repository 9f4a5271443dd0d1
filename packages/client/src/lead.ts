/**
 * Leading among the tabs of one database. A tab waits its turn; from a leader that has fallen silent it
 * takes the lead, for a frozen page keeps its Web Lock as long as it is frozen. Who was robbed waits its
 * turn again; that both work until it notices is harmless.
 *
 *   waiting -- its turn, or `take` --> leading -- robbed --> waiting
 */
import type { Platform } from "./platform.ts";

export interface LeadOptions {
  platform: Pick<Platform, "lead">;
  /** What is led. */
  name: string;
  /** Ends it all. */
  signal: AbortSignal;
  /** This tab leads until `lead` aborts. */
  onLead(lead: AbortSignal): void;
  onRobbed(): void;
}

export class Lead {
  #turn = new AbortController();

  constructor(private readonly options: LeadOptions) {}

  /** Waits and leads until `signal` aborts. */
  async run(): Promise<void> {
    const { platform, name, signal } = this.options;
    for (let steal = false; !signal.aborted;) {
      const turn = this.#turn = new AbortController();
      const robbed = new AbortController();
      const lead = AbortSignal.any([signal, robbed.signal]);
      let leads = false;
      try {
        const waiting = AbortSignal.any([signal, turn.signal]);
        await platform.lead(name, { signal: waiting, steal }, async () => {
          leads = true;
          if (!lead.aborted) this.options.onLead(lead);
          await aborted(lead);
        });
      } catch (error) {
        if ((error as Error).name !== "AbortError") throw error;
      }
      robbed.abort();
      if (leads && !signal.aborted) this.options.onRobbed();
      steal = !leads && turn.signal.aborted;
    }
  }

  /** Takes the lead from whoever has it. */
  take(): void {
    this.#turn.abort();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
