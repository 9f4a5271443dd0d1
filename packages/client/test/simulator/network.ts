/** The network: a queue of requests and one of answers, drained by hand. */
import type { Result, Transport } from "../../src/mod.ts";
import { failure, type Served, type Service } from "./service.ts";
import type { Server, Transaction } from "./server.ts";
import type { Time } from "./time.ts";

export interface Call {
  kind: "push" | "pull" | "digest";
  user: string;
  device: string;
  request: object;
  /** Ends the client's waiting, once; later answers go nowhere. */
  end(result: Result<object>): void;
}

/** As the transport's own. */
const TIMEOUT = 30_000;

const CUT: Result<object> = { failure: failure("network", "retry") };

type Post = Pick<Call, "user" | "device"> & { online(): boolean; alive(): boolean };

export class Network {
  requests: Call[] = [];
  answers: { call: Call; result: Result<object> }[] = [];
  /** Pushes whose transaction has not ended. */
  open: { call: Call; transaction: Transaction; result: Result<object> }[] = [];
  /** Told of what arrives, and what is answered. */
  log: (line: string) => void = () => {};
  /** Told of what a client that lives takes for the answer. */
  onAnswer: (call: Call, result: Result<object>) => void = () => {};

  constructor(
    private readonly time: Time,
    private readonly server: Server,
    private readonly service: Service,
  ) {}

  transport(post: Post): Transport {
    const send = (kind: Call["kind"]) => (request: object) => this.#send(kind, request, post);
    const reach = () => Promise.resolve(post.online() ? null : failure("network", "retry"));
    // Its server has a topic for every scope.
    const listen = () => Promise.resolve(CUT);
    const [push, pull, digest] = [send("push"), send("pull"), send("digest")];
    return { push, pull, digest, listen, reach } as Transport;
  }

  #send(kind: Call["kind"], request: object, post: Post): Promise<Result<object>> {
    if (!post.online()) return Promise.resolve(CUT);
    return new Promise((resolve) => {
      let ended = false;
      const end = (result: Result<object>) => {
        if (ended) return;
        ended = true;
        cancel();
        // A page that is gone hears nothing.
        if (!post.alive()) return;
        this.onAnswer(call, result);
        this.log(`  ${device} hears ${JSON.stringify(result)}`);
        resolve(structuredClone(result));
      };
      const cancel = this.time.after(
        TIMEOUT,
        () => end({ failure: { ...failure("network", "retry"), late: true } }),
      );
      const { user, device } = post;
      const call: Call = { kind, user, device, request: structuredClone(request), end };
      this.requests.push(call);
    });
  }

  /** A request reaches the server. `late`: a push's transaction stays open. */
  arrive(at: number, late = false): void {
    const [call] = this.requests.splice(at, 1);
    if (!call) return;
    const served: Served | null = this.service.serve(call);
    const { device, kind, request } = call;
    this.log(`  ${device} ${kind} ${JSON.stringify(request)} -> ${JSON.stringify(served?.result)}`);
    if (served === null) this.requests.push(call);
    else if (!served.transaction) this.answers.push({ call, result: served.result });
    else {
      this.open.push({ call, transaction: served.transaction, result: served.result });
      if (!late) this.commit(this.open.length - 1);
    }
  }

  commit(at: number): void {
    const [ended] = this.open.splice(at, 1);
    // A failover has ended it already.
    if (!ended) return;
    if (!this.server.running.has(ended.transaction)) return void ended.call.end(CUT);
    this.server.commit(ended.transaction);
    this.answers.push(ended);
  }

  rollBack(at: number): void {
    const [ended] = this.open.splice(at, 1);
    if (!ended) return;
    this.server.rollBack(ended.transaction);
    this.answers.push({ ...ended, result: { failure: failure("unavailable", "retry") } });
  }

  /** The server does not take it. */
  refuse(at: number, result: Result<object>): void {
    const [call] = this.requests.splice(at, 1);
    if (call) this.answers.push({ call, result });
  }

  /** It will arrive once more. */
  repeat(at: number): void {
    const call = this.requests[at];
    if (call) this.requests.push({ ...call, end: () => {} });
  }

  loseRequest(at: number): void {
    this.requests.splice(at, 1)[0]?.end(CUT);
  }

  answer(at: number): void {
    const [one] = this.answers.splice(at, 1);
    one?.call.end(one.result);
  }

  loseAnswer(at: number): void {
    this.answers.splice(at, 1)[0]?.call.end(CUT);
  }

  /** A device is cut off. What the server has got of it goes on there. */
  cut(device: string): void {
    for (const { call } of [...this.answers, ...this.open]) {
      if (call.device === device) call.end(CUT);
    }
    this.answers = this.answers.filter(({ call }) => call.device !== device);
    for (const call of this.requests) if (call.device === device) call.end(CUT);
  }

  get quiet(): boolean {
    return this.requests.length + this.answers.length + this.open.length === 0;
  }
}
