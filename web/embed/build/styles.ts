import type { Plugin } from "vite";

const STYLED = /\/(web\/(src|embed\/src)|packages\/elements\/src)\/.*\.ts$/;
/** In media queries `rem` goes by the browser's own size already, and a variable can't stand there. */
const QUERY = /(@(?:media|container)[^{]*)/;

/** Makes styles small, and `1.5rem` in them `calc(1.5 * var(--rem))`: see src/rem.ts. */
export function styles(): Plugin {
  return {
    name: "fitos-styles",
    enforce: "pre",
    transform(code, id) {
      if (!STYLED.test(id)) return;
      return code.replace(/\bcss`[^`]*`/g, (css) => css.split(QUERY).map(written).join(""));
    },
  };
}

function written(css: string, index: number): string {
  const small = css.replace(/\/\*[^]*?\*\//g, "").replace(/\s+/g, " ").replace(
    / ?([{};,]) ?/g,
    "$1",
  );
  // Queries are every second part.
  return index % 2
    ? small
    : small.replace(/(?<![\w.])(-?\d*\.?\d+)rem\b/g, "calc($1 * var(--rem))");
}
