/**
 * A page may give its root any font size, and `rem` goes by it: with the common `font-size: 62.5%` everything
 * here would be small. So the build writes `var(--rem)` for `rem` (build/styles.ts), and here that becomes the size
 * which the browser's user has chosen: `.widget` has it, by `all: initial`.
 */
export function setRem(root: ShadowRoot): void {
  const { fontSize } = getComputedStyle(root.querySelector(".widget")!);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`.widget { --rem: ${fontSize}; }`);
  root.adoptedStyleSheets.push(sheet);
}
