import { css } from "lit";

export const styles = css`
  form {
    display: grid;
    gap: 0.75rem;
  }
  .check {
    grid-template-columns: auto 1fr;
    align-items: center;
    min-block-size: 2.75rem;
  }
`;
