import { css } from "lit";
import { buttons, common, fields, lists } from "../../ui/styles.ts";

/** A section of the settings: its heading, what it says, what can be done. */
export const section = [
  common,
  buttons,
  fields,
  lists,
  css`
    section {
      display: grid;
      gap: 0.75rem;
      justify-items: start;
    }
    p {
      max-inline-size: 52ch;
    }
  `,
];
