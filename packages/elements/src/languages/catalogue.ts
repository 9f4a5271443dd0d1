import type { IssueWords } from "../issues/words.ts";
import type { AccountWords } from "../sync_account/words.ts";
import type { ButtonWords } from "../sync_button/words.ts";
import type { InspectorWords } from "../sync_inspector/words.ts";
import type { PresenceWords } from "../sync_presence/words.ts";
import type { ProgressWords } from "../sync_progress/words.ts";
import type { StatusWords } from "../sync_status/words.ts";

/** All that the elements say, in one language. */
export interface Catalogue {
  readonly status: StatusWords;
  readonly button: ButtonWords;
  readonly progress: ProgressWords;
  readonly issues: IssueWords;
  readonly presence: PresenceWords;
  readonly inspector: InspectorWords;
  readonly account: AccountWords;
}
