/**
 * Lets a test kill PostgreSQL under the `postgres` driver: where a server goes in the middle of a
 * write, the driver (3.4.9) goes on writing to the closed socket from a timer, where nobody can catch
 * the error (porsager/postgres#1208). Only these errors are kept from failing the test, and only
 * until it ends: `using _faults = ignoreDriverFaults();`
 */
export function ignoreDriverFaults(): Disposable {
  const known = (text: string) =>
    text.includes("This socket has been ended by the other party") ||
    text.includes("Cannot read properties of null (reading 'write')");
  const onError = (event: ErrorEvent) => {
    if (known(event.message)) event.preventDefault();
  };
  const onRejection = (event: PromiseRejectionEvent) => {
    if (known(String(event.reason))) event.preventDefault();
  };
  globalThis.addEventListener("error", onError);
  globalThis.addEventListener("unhandledrejection", onRejection);
  return {
    [Symbol.dispose]() {
      globalThis.removeEventListener("error", onError);
      globalThis.removeEventListener("unhandledrejection", onRejection);
    },
  };
}
