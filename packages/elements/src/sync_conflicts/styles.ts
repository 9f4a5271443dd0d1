import { css } from "lit";

export const styles = css`
  :host {
    container-type: inline-size;
  }
  table {
    inline-size: 100%;
    table-layout: fixed;
    border-collapse: collapse;
    font-size: 0.9375em;
  }
  th,
  td {
    text-align: start;
    vertical-align: top;
    padding: 0.5rem 0.625rem;
    font-weight: 400;
    overflow-wrap: anywhere;
  }
  thead th {
    color: var(--_muted);
    font-size: 0.875em;
    border-block-end: 1px solid var(--_line);
  }
  thead th.yours {
    color: var(--_accent);
    font-weight: 600;
  }
  tbody tr + tr > * {
    border-block-start: 1px solid var(--_line);
  }
  tbody th {
    color: var(--_muted);
  }
  td.yours {
    background: color-mix(in srgb, var(--_accent) 8%, transparent);
  }
  /* On a phone a field's name stands above its two versions, which stay side by side. */
  @container (inline-size < 30rem) {
    thead tr,
    tbody tr {
      display: grid;
      grid-template-columns: 1fr;
    }
    tr:has(> :nth-child(3)) {
      grid-template-columns: 1fr 1fr;
    }
    thead th:first-child {
      display: none;
    }
    tbody th {
      grid-row: 1;
      grid-column: 1 / -1;
      font-size: 0.875em;
      padding-block-end: 0;
    }
    tbody td {
      grid-row: 2;
    }
    tbody tr + tr > td {
      border-block-start: 0;
    }
  }
`;
