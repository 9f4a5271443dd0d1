import { css } from "lit";

export const styles = css`
  :host {
    display: inline-flex;
  }
  [part="people"] {
    display: inline-flex;
    align-items: center;
    gap: 0.625em;
  }
  [part="avatars"] {
    display: inline-flex;
    flex: none;
    padding-inline-start: 0.375em;
  }
  [part="avatar"] {
    flex: none;
    display: grid;
    place-items: center;
    inline-size: 2.25em;
    block-size: 2.25em;
    margin-inline-start: -0.375em;
    border: 2px solid var(--_surface);
    border-radius: 50%;
    font-size: 0.8125em;
    font-weight: 600;
    letter-spacing: 0.01em;
    color: var(--_avatar-ink);
    background: var(--_avatar);
  }
  .tone-0 {
    --_avatar: light-dark(#d5ecdf, #1f4a38);
    --_avatar-ink: light-dark(#0b4a34, #b9f0d6);
  }
  .tone-1 {
    --_avatar: light-dark(#dbe5fb, #233a66);
    --_avatar-ink: light-dark(#1c3672, #cfdcff);
  }
  .tone-2 {
    --_avatar: light-dark(#fbe3d3, #5c3218);
    --_avatar-ink: light-dark(#6d3210, #ffdcc4);
  }
  .tone-3 {
    --_avatar: light-dark(#eddff8, #47285f);
    --_avatar-ink: light-dark(#4f2570, #eed9ff);
  }
  .tone-4 {
    --_avatar: light-dark(#f8ebc0, #4d3f10);
    --_avatar-ink: light-dark(#564100, #fbe8a6);
  }
  .away [part="avatar"] {
    --_avatar: var(--_sunken);
    --_avatar-ink: var(--_muted);
  }
  .away,
  .nobody {
    color: var(--_muted);
  }
`;
