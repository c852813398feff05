import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { allowAnyHour, openCall, startCall } from "../../support/intake-calls.ts";
import { addNumbers, registerOne, rolledBack } from "../../support/pool.ts";
import {
  event,
  type Fact,
  failed,
  final,
  finished,
  had,
  hangUp,
  joined,
  left,
  lost,
  picksUp,
  refused,
  report,
  tooLong,
} from "./support/facts.ts";

type Case = [
  what: string,
  facts: Fact[],
  status: string,
  reason: string | null,
  /** What is known before, whatever the order of the rest. */
  first?: Fact,
];

const CASES: Case[] = [
  [
    "busy, as SIP says and webhooks do not",
    [joined, refused("busy", "callee_busy", 486), left(12, "ringing"), finished],
    "busy",
    "callee_busy",
    had,
  ],
  [
    "a caller ID that the carrier refuses",
    [joined, refused("failed", "carrier_failure", 403), left(12, "dialing")],
    "failed",
    "carrier_failure",
    had,
  ],
  [
    "refused before LiveKit was seen to have it",
    [refused("busy", "callee_busy", 486), joined, left(12, "dialing")],
    "busy",
    "callee_busy",
  ],
  [
    "rung out, as the answer and the webhooks say",
    [joined, refused("no_answer", "callee_unavailable", null), left(11, "ringing")],
    "no_answer",
    "user_unavailable",
    had,
  ],
  [
    "rung out, as the answer alone says",
    [joined, refused("no_answer", "callee_unavailable", null), finished],
    "no_answer",
    "callee_unavailable",
    had,
  ],
  [
    "we end it just when it has rung out",
    [joined, refused("no_answer", "callee_unavailable", null), left(5, "ringing")],
    "cancelled",
    "ended_by_us",
    had,
  ],
  [
    "answered, as the answer says and an agent less exactly",
    [joined, picksUp, report("answered", null, 4), left(1, "hangup")],
    "completed",
    null,
    had,
  ],
  ["answered, and not yet ended", [joined, picksUp], "answered", null, had],
  [
    "given up, and answered all the same",
    [failed("failed"), joined, picksUp, left(1, "hangup")],
    "completed",
    null,
  ],
  [
    "hang-up",
    [joined, report("answered", null, 2), left(1, "hangup"), finished],
    "completed",
    null,
  ],
  [
    "busy, as the agent tells",
    [joined, report("ended", "busy", 3), left(12, "ringing")],
    "busy",
    "reported",
  ],
  [
    "the agent is wrong",
    [joined, report("ended", "completed", 3), left(11, "ringing"), finished],
    "no_answer",
    "user_unavailable",
  ],
  [
    "the agent alone",
    [joined, report("answered", null, 2), report("ended", "completed", 4), finished],
    "completed",
    "reported",
  ],
  ["we end it", [joined, left(5, "ringing"), finished], "cancelled", "ended_by_us"],
  [
    "we end it, answered",
    [joined, left(5, "ringing"), report("answered", null, 2)],
    "completed",
    null,
  ],
  [
    "dialling timed out",
    [failed("failed"), joined, left(5, "ringing"), finished],
    "failed",
    "telephony_timeout",
  ],
  [
    "dialling timed out, they talked",
    [failed("failed"), joined, left(1, "hangup")],
    "completed",
    null,
  ],
  [
    "an aborted connection before the end",
    [
      event("participant_connection_aborted", { disconnect_reason: 14, sip_status: "active" }),
      joined,
      left(1, "hangup"),
    ],
    "completed",
    null,
  ],
  [
    "a move to another node is no end",
    [joined, left(8, "active"), report("answered", null, 2)],
    "answered",
    null,
  ],
  [
    "a password that the carrier refuses is nobody's declining",
    [joined, final("failed", "trunk_login_refused"), left(12, "dialing"), finished],
    "failed",
    "trunk_login_refused",
    had,
  ],
  [
    "an answer that LiveKit cannot use is nobody's declining",
    [joined, final("failed", "media_refused"), left(12, "ringing")],
    "failed",
    "media_refused",
    had,
  ],
  [
    "a block by the network",
    [joined, refused("blocked", "call_blocked", 603), left(12, "dialing"), finished],
    "blocked",
    "call_blocked",
    had,
  ],
  [
    "a mailbox is no completed intake",
    [joined, picksUp, report("ended", "voicemail", 4), left(1, "hangup"), finished],
    "voicemail",
    "reported",
    had,
  ],
  [
    "somebody else, and the agent deletes the room",
    [joined, picksUp, report("ended", "wrong_person", 4), left(5, "active")],
    "wrong_person",
    "reported",
    had,
  ],
  [
    "the agent gives up ringing, and deletes the room",
    [joined, report("ended", "no_answer", 4), left(5, "ringing"), finished],
    "no_answer",
    "reported",
    had,
  ],
  [
    "the agent tells of a mailbox that nobody reached",
    [joined, report("ended", "voicemail", 4), left(5, "ringing")],
    "cancelled",
    "ended_by_us",
    had,
  ],
  [
    "the agent calls a talk that lost its sound completed",
    [joined, picksUp, report("ended", "completed", 4), left(1, "active")],
    "completed",
    "reported",
    had,
  ],
  [
    "the agent leaves",
    [joined, picksUp, hangUp, left(5, "active"), finished],
    "failed",
    "agent_left",
    had,
  ],
  [
    "the agent leaves while it rings",
    [joined, hangUp, left(5, "ringing")],
    "failed",
    "agent_left",
    had,
  ],
  [
    "the agent reports and leaves",
    [joined, picksUp, report("ended", "voicemail", 4), hangUp, left(5, "active")],
    "voicemail",
    "agent_left",
    had,
  ],
  [
    "the patient hangs up just when the agent has left",
    [joined, picksUp, hangUp, left(1, "hangup")],
    "completed",
    null,
    had,
  ],
  [
    "the patient declines just when the agent has left",
    [joined, hangUp, left(12, "ringing")],
    "declined",
    "user_rejected",
    had,
  ],
  [
    "too long, and LiveKit tells nothing",
    [picksUp, tooLong, lost],
    "completed",
    "max_call_minutes",
    had,
  ],
  [
    "contradiction",
    [joined, report("answered", null, 2), left(1, "dialing")],
    "unknown",
    "not_told",
  ],
];

function* permutations<T>(items: T[]): Generator<T[]> {
  if (items.length < 2) yield items;
  for (const [k, item] of items.entries()) {
    for (const rest of items.length < 2 ? [] : permutations(items.toSpliced(k, 1))) {
      yield [item, ...rest];
    }
  }
}

Deno.test("the same facts give the same end in any order", async (t) => {
  await using db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 8);
  const organization = await registerOne(db);
  for (const [what, facts, status, reason, first] of CASES) {
    await t.step(what, async () => {
      const results = new Set<string>();
      for (const order of permutations(facts)) {
        await rolledBack(db, async () => {
          const { id } = await openCall(db, organization);
          await startCall(db, id);
          await first?.(db, id);
          for (const fact of order) await fact(db, id);
          const [row] = await db.query(
            `select status, reason, round(extract(epoch from talk_time)) as talked,
               ended_at is not null as ended from phone_pool_worker.get_intake_call($1)`,
            [id],
          );
          results.add(JSON.stringify([row?.status, row?.reason, row?.talked, row?.ended]));
        });
      }
      const [result = ""] = results;
      assertEquals(results.size, 1, [...results].join());
      assertEquals(JSON.parse(result).slice(0, 2), [status, reason]);
    });
  }
});
