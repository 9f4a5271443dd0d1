/**
 * Defines a custom element unless its name is taken: two copies of this package on one page share
 * the first one's elements, where a second `customElements.define` would throw.
 */
export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
