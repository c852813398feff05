import { ServerError, SipCallError } from "livekit-server-sdk";
import {
  type CallToPlace,
  placeOutboundCall,
} from "../../../../functions/_shared/outbound-call.ts";
import { TelephonyError } from "../../../../functions/_shared/telephony-errors.ts";
import { assert, assertEquals, assertRejects } from "../../../support/assert.ts";

const never = () => new Promise<never>(() => {});
const refuse = (status: number, code: string) => () =>
  Promise.reject(new ServerError("said so", "said so", status, code));

const call = (changes: Partial<CallToPlace>): CallToPlace => ({
  dial: never,
  find: () => Promise.resolve("SCL_1"),
  delay: () => new Promise((resolve) => setTimeout(resolve, 1)),
  ringingSeconds: 40,
  timeoutSeconds: 5,
  ...changes,
});

Deno.test("it returns as soon as the phone leg is seen, though nobody has answered", async () => {
  let looks = 0;
  // The room is not there yet, then it is empty, then LiveKit cannot be asked.
  const answers = [
    refuse(404, "not_found"),
    () => Promise.resolve(undefined),
    refuse(503, "unavailable"),
  ];
  const placed = await placeOutboundCall(call({
    find: () => answers[looks++]?.() ?? Promise.resolve("SCL_1"),
  }));
  assertEquals([placed.sipCallId, looks], ["SCL_1", 4]);
});

Deno.test("it returns as soon as the phone is answered, though nothing was seen of it", async () => {
  const placed = await placeOutboundCall(call({
    dial: () => Promise.resolve("SCL_2"),
    find: () => Promise.resolve(undefined),
  }));
  assertEquals([placed.sipCallId, (await placed.answer).kind], ["SCL_2", "answered"]);
});

Deno.test("a refusal that comes first is thrown", async () => {
  const error = await assertRejects(
    () => placeOutboundCall(call({ dial: refuse(404, "not_found"), find: never })),
    TelephonyError,
  );
  assertEquals(error.code, "telephony_refused");
});

Deno.test("nothing seen in time: no id, and the answer is still awaited", async () => {
  const dialled = Promise.withResolvers<string>();
  const placed = await placeOutboundCall(call({
    dial: () => dialled.promise,
    find: () => Promise.resolve(undefined),
    timeoutSeconds: 0.02,
  }));
  assertEquals(placed.sipCallId, undefined);
  dialled.resolve("SCL_3");
  assertEquals((await placed.answer).kind, "answered");
});

const sip = (sip_status_code: string, sip_status: string) =>
  SipCallError.fromServerError(
    new ServerError("said so", "said so", 429, "resource_exhausted", {
      sip_status_code,
      sip_status,
    }),
  );

const ANSWERS: [
  what: string,
  error: unknown,
  hasRungOut: boolean,
  kind: string,
  outcome: string,
][] = [
  ["a SIP status", sip("486", "Busy Here"), false, "failed", "busy"],
  ["a SIP status that nobody knows", sip("0", "UNKNOWN"), false, "unknown", "failed"],
  ["a SIP status of success", sip("200", "OK"), false, "unknown", "failed"],
  [
    "cancelled before its time",
    new ServerError("", "", 408, "canceled"),
    false,
    "unknown",
    "no_answer",
  ],
  [
    "cancelled when it had rung out",
    new ServerError("", "", 408, "canceled"),
    true,
    "failed",
    "no_answer",
  ],
  [
    "the bridge could not",
    new ServerError("", "", 412, "failed_precondition"),
    false,
    "failed",
    "failed",
  ],
  [
    "the server's own limit",
    new ServerError("", "", 408, "deadline_exceeded"),
    true,
    "unknown",
    "failed",
  ],
  [
    "too many requests",
    new ServerError("", "", 429, "resource_exhausted"),
    false,
    "unknown",
    "failed",
  ],
  ["an error of the server", new ServerError("", "", 500, "internal"), false, "unknown", "failed"],
  ["a broken connection", new TypeError("connection reset"), false, "unknown", "failed"],
  ["a timeout of our own", new DOMException("", "TimeoutError"), true, "unknown", "failed"],
];

for (const [what, error, hasRungOut, kind, outcome] of ANSWERS) {
  Deno.test(`what an answer after that says for certain: ${what}`, async () => {
    const dialled = Promise.withResolvers<string>();
    const placed = await placeOutboundCall(call({
      dial: () => dialled.promise,
      ringingSeconds: hasRungOut ? 0 : 40,
    }));
    dialled.reject(error);
    const answer = await placed.answer;
    assert(answer.kind !== "answered");
    assertEquals([answer.kind, answer.error.outcome], [kind, outcome]);
  });
}
