/** The client's tests of outbox, replica and tracking, in a page: see contract_test.ts. */
import { type Test, tests } from "./contract_deno.ts";
import "../../packages/client/src/outbox_test.ts";
import "../../packages/client/src/overlay_test.ts";
import "../../packages/client/src/folding_test.ts";
import "../../packages/client/src/catching_up_test.ts";
import "../../packages/client/src/tracking_test.ts";
import "../../packages/client/src/faults_test.ts";
import "../../packages/client/src/two_leaders_test.ts";

declare global {
  var contract: {
    names: string[];
    /** Answers what went wrong; null where nothing did. */
    run(index: number): Promise<string | null>;
  };
}

globalThis.contract = {
  names: tests.map(({ name }: Test) => name),
  async run(index) {
    try {
      await tests[index]!.work();
      return null;
    } catch (error) {
      return error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
    }
  },
};
