/** What stands behind the network: the server's functions, with the faults that a schedule asks for. */
import {
  type DigestRequest,
  type PullRequest,
  pullRequest,
  type PushRequest,
  pushRequest,
} from "@fitos/protocol";
import type { Failure, Result } from "../../src/mod.ts";
import type { Call } from "./network.ts";
import { digest } from "./server_digest.ts";
import { pull } from "./server_pull.ts";
import { push, type PushLimits } from "./server_push.ts";
import { Locked, type Server, type Transaction } from "./server.ts";

export interface Limits extends PushLimits {
  /** Changes in a page. */
  page: number;
}

export type Served = { result: Result<object>; transaction: Transaction | null };

export class Service {
  /** What no client may do, and one did. */
  readonly breaches: string[] = [];

  constructor(private readonly server: Server, private readonly limits: Limits) {}

  /** The answer; a push's becomes true when its transaction is committed. null: it waits for a lock. */
  serve({ kind, request, user }: Call): Served | null {
    if (kind === "push") return this.#push(request as PushRequest, user);
    const { page } = this.limits;
    if (kind === "pull") {
      this.#conforms(pullRequest.safeParse(request).success, request);
      return read(pull(this.server, user, request as PullRequest, page));
    }
    return read(digest(this.server, user, request as DigestRequest, page));
  }

  #push(request: PushRequest, user: string): Served | null {
    this.#conforms(pushRequest.safeParse(request).success, request);
    let transaction: Transaction | null = null;
    try {
      transaction = this.server.begin(`${user} ${request.client}`);
      const answer = push(this.server, transaction, user, request, this.limits);
      if (!("refusal" in answer)) return { result: { answer }, transaction };
      this.server.rollBack(transaction);
      const { code, remedy, message } = answer.refusal;
      // Only a restored database may know other numbers than the client does.
      if (code !== "too_large" && this.server.epoch === 1) {
        this.breaches.push(`N3: ${message}: ${JSON.stringify(request)}`);
      }
      return { result: { failure: failure(code, remedy) }, transaction: null };
    } catch (error) {
      if (transaction) this.server.rollBack(transaction);
      if (error instanceof Locked) return null;
      throw error;
    }
  }

  #conforms(does: boolean, request: object): void {
    if (!does) this.breaches.push(`W1: malformed: ${JSON.stringify(request)}`);
  }
}

export function failure(
  code: Failure["code"],
  remedy: Failure["remedy"],
  retryAfter = 0,
): Failure {
  return { code, remedy, message: code, retryAfter };
}

const read = (answer: object): Served => ({ result: { answer }, transaction: null });
