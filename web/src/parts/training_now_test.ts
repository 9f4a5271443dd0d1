import { assertEquals } from "@std/assert";
import { titleIn } from "./training_now.ts";

const room = (user: string, ...devices: unknown[]) =>
  ({ isLive: true, people: [{ user, devices }] }) as Parameters<typeof titleIn>[0];

Deno.test("who trains is said by the athlete's own devices alone", () => {
  assertEquals(titleIn(room("anna", { workout: "Legs", since: 1 }), "anna"), "Legs");
  assertEquals(titleIn(room("eve", { workout: "Legs", since: 1 }), "anna"), null);
  assertEquals(titleIn({ ...room("anna", { workout: "Legs" }), isLive: false }, "anna"), null);
});

Deno.test("what a device announces need not be what FitOS announces", () => {
  for (const device of [null, 7, "x", {}, { workout: { html: "<b>" } }]) {
    assertEquals(titleIn(room("anna", device), "anna"), null);
  }
  assertEquals(titleIn(room("anna", { workout: "x".repeat(999) }), "anna")?.length, 120);
});
