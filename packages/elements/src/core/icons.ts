import { svg, type SVGTemplateResult } from "lit";
import type { SyncState } from "@fitos/sync";

/** A shape for every state, so that none is told by colour alone; 24 by 24 units. */
export const STATE_ICONS: Record<SyncState, SVGTemplateResult> = {
  "signed-out": svg`
    <circle cx="12" cy="9" r="4" />
    <path d="M5 20c1-4 4-6 7-6s6 2 7 6" />
  `,
  attention: svg`
    <path d="M12 4 3 20h18z" />
    <path d="M12 10v4m0 3v.01" />
  `,
  offline: svg`
    <path d="M7 18h10a4 4 0 0 0 1-7.9A6 6 0 0 0 9 6.6M6.5 9.5A4.3 4.3 0 0 0 7 18M4 4l16 16" />
  `,
  syncing: svg`
    <path d="M20 12a8 8 0 0 1-14 5.3M4 12a8 8 0 0 1 14-5.3M18 3v4h-4M6 21v-4h4" />
  `,
  pending: svg`
    <circle cx="12" cy="12" r="8" />
    <path d="M12 16V8m-3 3 3-3 3 3" />
  `,
  synced: svg`
    <circle cx="12" cy="12" r="8" />
    <path d="m8.5 12.2 2.4 2.4 4.6-5" />
  `,
};
