import { assertEquals } from "@std/assert";
import { openGateway } from "./gateway.ts";

Deno.test("openGateway stops although a service never answers, and says so to whom it left waiting", async () => {
  const asked = Promise.withResolvers<void>();
  const never = () => {
    asked.resolve();
    return new Promise<Response>(() => {});
  };
  const services = { auth: never, rest: never, functions: never, realtime: never };
  const gateway = openGateway({ port: 0, services, log: () => {} });
  const answer = fetch(`http://127.0.0.1:${gateway.port}/rest/v1/workouts`);
  await asked.promise;
  await gateway.stop();
  const response = await answer;
  assertEquals(response.status, 503);
  await response.body?.cancel();
});
