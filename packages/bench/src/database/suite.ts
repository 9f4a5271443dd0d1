/** What synchronisation costs the database, on real PostgreSQL with the real migrations. */
import type { Figure, Suite } from "../suite.ts";
import { type Project, startProject } from "./project.ts";
import { logSize } from "./log_size.ts";
import { push } from "./push.ts";
import { snapshot } from "./snapshot.ts";
import { singleRows, statements } from "./statements.ts";

type Part = (project: Project, say: (line: string) => void) => Promise<Figure[]>;

const PARTS: Record<string, Part> = { statements, singleRows, push, logSize, snapshot };

export const database: Suite = {
  about: "what tracking, pushing and pulling cost PostgreSQL",
  parts: Object.keys(PARTS),
  async run(parts, say) {
    say("starting PostgreSQL, applying the migrations");
    const project = await startProject();
    try {
      const figures: Figure[] = [];
      for (const part of parts) figures.push(...await PARTS[part]!(project, say));
      return figures;
    } finally {
      await project.stop();
    }
  },
};
