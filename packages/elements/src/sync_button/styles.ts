import { css } from "lit";

export const styles = css`
  :host {
    display: inline-flex;
  }
  button {
    display: inline-grid;
    place-items: center;
  }
`;
