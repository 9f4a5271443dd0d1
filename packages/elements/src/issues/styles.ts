import { css } from "lit";

/** A list of cards, one for each issue. */
export const issueList = css`
  ul {
    display: grid;
    gap: 0.75rem;
  }
  li {
    border: 1px solid var(--_line);
    border-inline-start: 3px solid var(--_alert);
    border-radius: var(--_radius);
    background: var(--_surface);
    padding: 1rem;
    display: grid;
    gap: 0.75rem;
  }
  header {
    display: grid;
    gap: 0.125rem;
  }
  p,
  dd,
  td {
    overflow-wrap: anywhere;
  }
  dl {
    display: grid;
    grid-template-columns: fit-content(40%) 1fr;
    gap: 0.25rem 1rem;
  }
`;
