import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";

const SHAPES = {
  back: svg`
    <path d="m14.5 6-6 6 6 6" />
  `,
  check: svg`
    <path d="m5 12.5 4.5 4.5L19 7.5" />
  `,
  clock: svg`
    <circle cx="12" cy="12" r="8" />
    <path d="M12 8v4.2l2.6 1.8" />
  `,
  edit: svg`
    <path d="M5 19h3.5L19 8.5 15.5 5 5 15.5zM13 7.5l3.5 3.5" />
  `,
  minus: svg`
    <path d="M6 12h12" />
  `,
  people: svg`
    <circle cx="9" cy="9" r="3.5" />
    <path
      d="M3 19c.7-3.3 3-5 6-5s5.3 1.7 6 5M16 5.700a3.5 3.5 0 0 1 0 6.600M18 14.500c1.6.8 2.6 2.3 3 4.5" />
  `,
  person: svg`
    <circle cx="12" cy="8.5" r="3.75" />
    <path d="M5 20c.8-3.7 3.4-5.7 7-5.700s6.2 2 7 5.7" />
  `,
  plus: svg`
    <path d="M12 5.500v13M5.5 12h13" />
  `,
  search: svg`
    <circle cx="11" cy="11" r="6" />
    <path d="m15.5 15.5 4 4" />
  `,
  skip: svg`
    <path d="M6 6.500v11l7-5.500zM13 6.500v11l7-5.500z" />
  `,
  today: svg`
    <circle cx="12" cy="12" r="3.5" />
    <path
      d="M12 4v1.5M12 18.5V20M4 12h1.5M18.5 12H20M6.3 6.3l1.1 1.1M16.6 16.6l1.1 1.1M6.3 17.7l1.1-1.1M16.6 7.4l1.1-1.1" />
  `,
  calendar: svg`
    <rect x="4" y="5.5" width="16" height="14.5" rx="3" />
    <path d="M4 10h16M8.5 3.500v4M15.5 3.500v4" />
  `,
  library: svg`
    <path d="M6.500 8v8M4 10v4M17.500 8v8M20 10v4M6.500 12h11" />
  `,
  progress: svg`
    <path d="M4 19h16M7 15.500v-3.500M12 15.500V6M17 15.500V9.500" />
  `,
  settings: svg`
    <path d="M4.500 7h9M18.500 7h1M4.500 12h1M10.500 12h9M4.500 17h7M16.500 17h3" />
    <circle cx="16" cy="7" r="2" />
    <circle cx="8" cy="12" r="2" />
    <circle cx="14" cy="17" r="2" />
  `,
  play: svg`
    <path d="M8 5.500v13l10.500-6.500z" />
  `,
  copy: svg`
    <rect x="8.500" y="8.500" width="11" height="11" rx="2.500" />
    <path d="M5 15.500V7a2.500 2.500 0 0 1 2.500-2.500h8" />
  `,
  forward: svg`
    <path d="m9.500 6 6 6-6 6" />
  `,
  download: svg`
    <path d="M12 4.500v10m-4-4 4 4 4-4M5 19h14" />
  `,
  trash: svg`
    <path d="M5 7h14M10 7V4.500h4V7M7 7l.8 12.500h8.400L17 7" />
  `,
  close: svg`
    <path d="m6.5 6.5 11 11m0-11-11 11" />
  `,
  alert: svg`
    <path d="M12 4.5 3.5 19.500h17zM12 10v4.500m0 2.500v.01" />
  `,
} satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof SHAPES;

/** A decorative shape; the words beside it, or the button's label, say what it means. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${SHAPES[name]}</svg>`;
}
