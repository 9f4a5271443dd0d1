/** What the tests of the client need of Deno, in a page. Imported before them. */
export interface Test {
  name: string;
  work(): void | Promise<void>;
}

export const tests: Test[] = [];

Object.assign(globalThis, {
  Deno: { test: (name: string, work: Test["work"]) => void tests.push({ name, work }) },
});
