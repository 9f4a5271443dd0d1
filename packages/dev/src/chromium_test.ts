import { assertEquals, assertThrows } from "@std/assert";
import { findChromium } from "./chromium.ts";

function on(files: string[], env: Record<string, string> = {}) {
  return {
    env: (name: string) => env[name],
    isFile: (path: string) => files.includes(path),
    list: (folder: string) => [
      ...new Set(
        files.filter((file) => file.startsWith(`${folder}/`))
          .map((file) => file.slice(folder.length + 1).split("/")[0]!),
      ),
    ],
  };
}

const download = (revision: number) =>
  `/home/ann/.cache/ms-playwright/chromium-${revision}/chrome-linux/chrome`;

Deno.test("findChromium prefers the one that is named, and says when it isn't there", () => {
  const files = ["/opt/my/chrome", "/usr/bin/chromium"];
  assertEquals(findChromium(on(files, { CHROMIUM_PATH: "/opt/my/chrome" })), "/opt/my/chrome");
  assertThrows(
    () => findChromium(on(files, { CHROMIUM_PATH: "/opt/none" })),
    Error,
    "CHROMIUM_PATH names no file: /opt/none",
  );
});

Deno.test("findChromium takes the system's before a download, and the newest download", () => {
  const env = { HOME: "/home/ann" };
  assertEquals(findChromium(on([download(900), download(1100)], env)), download(1100));
  assertEquals(findChromium(on([download(900), "/usr/bin/chromium"], env)), "/usr/bin/chromium");
  assertEquals(findChromium(on([], env)), null);
});
