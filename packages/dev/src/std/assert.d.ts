// Signatures as documented at https://jsr.io/@std/assert; add one here when a test first needs it.
export declare function assert(condition: unknown, message?: string): asserts condition;
export declare function assertFalse(
  condition: unknown,
  message?: string,
): asserts condition is false;
export declare function assertExists<T>(
  actual: T,
  message?: string,
): asserts actual is NonNullable<T>;
export declare function assertEquals(actual: unknown, expected: unknown, message?: string): void;
export declare function assertNotEquals(actual: unknown, expected: unknown, message?: string): void;
export declare function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is T;
export declare function assertGreater<T>(actual: T, low: T, message?: string): void;
export declare function assertGreaterOrEqual<T>(actual: T, low: T, message?: string): void;
export declare function assertLess<T>(actual: T, high: T, message?: string): void;
export declare function assertLessOrEqual<T>(actual: T, high: T, message?: string): void;
export declare function assertMatch(actual: string, expected: RegExp, message?: string): void;
export declare function assertNotMatch(actual: string, expected: RegExp, message?: string): void;
export declare function assertStringIncludes(
  actual: string,
  expected: string,
  message?: string,
): void;
export declare function assertArrayIncludes<T>(
  actual: ArrayLike<T>,
  expected: ArrayLike<T>,
  message?: string,
): void;
export declare function assertObjectMatch(actual: object, expected: object, message?: string): void;
// deno-lint-ignore no-explicit-any
type Class<E> = new (...args: any[]) => E;
export declare function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  type?: Class<E>,
  messageIncludes?: string,
): E;
export declare function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  type?: Class<E>,
  messageIncludes?: string,
): Promise<E>;
