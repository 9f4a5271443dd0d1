/** The module "QUnit" that Dexie's tests import: what the script qunit.js put on the page. */
interface QUnit {
  config: {
    autostart: boolean;
    reorder: boolean;
    testTimeout: number;
    filter: string;
    /** The switches that its own page would show. */
    urlConfig: unknown[];
  };
  load(): void;
  start(): void;
  log(
    listener: (
      assertion: { result: boolean; message: string; actual: unknown; expected: unknown },
    ) => void,
  ): void;
  testDone(
    listener: (test: { module: string; name: string; failed: number; total: number }) => void,
  ): void;
  done(listener: () => void): void;
  dump: { parse(value: unknown): string };
  [used: string]: unknown;
}

export const { QUnit } = globalThis as unknown as { QUnit: QUnit };
export const { asyncTest, config, deepEqual, equal, module, ok, start, stop, test } = QUnit;
