/** The bounds of look-ups: time for one and for all, how many requests, and how many at once. */

import type { LookupOptions } from "../options/lookups";
import { LookupFailure } from "./failure";

export type Bounds = Pick<LookupOptions, "timeoutSeconds" | "totalSeconds" | "maxRequests" | "concurrency">;

function seconds(value: number): string {
  return `${String(value)} s`;
}

/** One look-up that is under way. */
export interface Turn {
  /** Aborts when the time is over. */
  readonly signal: AbortSignal;
  /** Milliseconds that are left. */
  readonly left: () => number;
  /** To be called before each request; throws LookupFailure when there may be no more. */
  readonly request: () => void;
}

export class Budget {
  private spent = 0;
  private deadline = 0;
  private sent = 0;
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly bounds: Bounds) {}

  /** How many requests were sent so far. */
  get requests(): number {
    return this.sent;
  }

  /** Waits for work, of which all time counts. Never rejects unless the work does. */
  async spend(work: () => Promise<void>): Promise<void> {
    const start = performance.now();
    this.deadline = start + this.bounds.totalSeconds * 1000 - this.spent;
    try {
      await work();
    } finally {
      this.spent += performance.now() - start;
    }
  }

  /**
   * Runs one look-up as soon as there is a place for it. When its time is over it is left behind, whatever it does.
   * @throws LookupFailure when the time is over, or whatever the work throws
   */
  async run<T>(work: (turn: Turn) => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await this.bounded(work);
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.running >= this.bounds.concurrency) {
      // Whoever leaves hands its place over.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
      return;
    }
    this.running += 1;
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) {
      this.running -= 1;
    } else {
      next();
    }
  }

  private async bounded<T>(work: (turn: Turn) => Promise<T>): Promise<T> {
    const { timeoutSeconds, totalSeconds } = this.bounds;
    const own = performance.now() + timeoutSeconds * 1000;
    const end = Math.min(own, this.deadline);
    const late = new LookupFailure(end === own ? `no answer within ${seconds(timeoutSeconds)}` : `all look-ups together may take ${seconds(totalSeconds)}, and these are over`);
    const left = (): number => end - performance.now();
    if (left() <= 0) {
      throw late;
    }
    const abort = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(late);
        abort.abort(late);
      }, left());
    });
    const running = work({ signal: abort.signal, left, request: () => this.count() });
    // What is left behind may still fail, and nobody is there to hear it.
    running.catch(() => undefined);
    try {
      return await Promise.race([running, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  private count(): void {
    if (this.sent >= this.bounds.maxRequests) {
      throw new LookupFailure(`no more than ${String(this.bounds.maxRequests)} requests may be sent in a run`);
    }
    this.sent += 1;
  }
}
