/** Only the service worker's own address may be made into a script by this page. */
interface ScriptPolicy {
  createScriptURL(url: string): string;
}
interface PolicyFactory {
  createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy;
}

const WORKER = "./sw.js";

/** The worker's address, as the Content-Security-Policy wants it. */
export function workerScript(): string {
  const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
  const rules: ScriptPolicy = {
    createScriptURL(url) {
      if (url !== WORKER) throw new TypeError(`Not the service worker's address: ${url}`);
      return url;
    },
  };
  // A policy answers a TrustedScriptURL, which TypeScript's types of `register` don't know.
  return (trustedTypes?.createPolicy("fitos-service-worker", rules) ?? rules)
    .createScriptURL(WORKER);
}
