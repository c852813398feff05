import type { Fault } from "./fault-kinds.ts";
import { HtmlAnswer } from "./fault-answers.ts";
import type { Operation } from "./operations.ts";
import { Refusal } from "./refusal.ts";
import { isoTime, type RequestLogEntry, type State } from "./state.ts";

/** The log is for looking at, so its oldest entries go; the ledger of orders keeps all. */
const longestLog = 10_000;

function readable(body: string): unknown {
  if (body === "") return null;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** Writes down what became of one request, from its arrival on. */
export class RequestRecord {
  private readonly entry: RequestLogEntry;
  private readonly startedAt: number;

  constructor(
    private readonly state: State,
    operation: Operation | "unknown",
    request: Request,
    body: string,
  ) {
    const url = new URL(request.url);
    this.startedAt = state.timers.now();
    this.entry = {
      at: isoTime(this.startedAt),
      operation,
      method: request.method,
      path: url.pathname + url.search,
      body: readable(body),
      executed: false,
      answer: "timeout",
      code: null,
      faults: [],
      order_id: null,
      ms: 0,
    };
    state.requests.push(this.entry);
    if (state.requests.length > longestLog) state.requests.shift();
    if (operation === "number_orders.create") state.orderLedger.push(this.entry);
  }

  faults(faults: Fault[]) {
    this.entry.faults = faults.map((fault) => fault.kind);
  }

  order(orderId: string) {
    this.entry.order_id = orderId;
  }

  executed() {
    this.entry.executed = true;
  }

  /** The client hears nothing. */
  lost(answer: "reset" | "timeout") {
    this.entry.answer = answer;
    this.finish();
  }

  answered(status: number) {
    this.entry.answer = status;
    this.finish();
  }

  refusedLate(refusal: Refusal) {
    this.entry.code = refusal.error.code;
  }

  failed(error: unknown) {
    if (error instanceof Refusal) {
      this.entry.code = error.error.code;
      this.answered(error.status);
    } else if (error instanceof HtmlAnswer) {
      this.answered(error.status);
    }
  }

  private finish() {
    this.entry.ms = this.state.timers.now() - this.startedAt;
    this.state.settings.log(this.entry);
  }
}
